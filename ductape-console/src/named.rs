//! The plan and the provider that a path names.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use ductape_runtime::PlanHandle;
use serde::Deserialize;

use crate::console::Served;
use crate::refusal::Refusal;

/// A plan that is there.
pub(crate) struct NamedPlan(pub(crate) PlanHandle);

/// A provider that is there.
pub(crate) struct NamedProvider {
    pub(crate) plan: PlanHandle,
    pub(crate) provider: String,
}

/// By name, so that a router around this one may have parameters of its own.
#[derive(Deserialize)]
struct OfPlan {
    tag: String,
}

#[derive(Deserialize)]
struct OfProvider {
    tag: String,
    provider: String,
}

impl FromRequestParts<Served> for NamedPlan {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Refusal> {
        let Path(OfPlan { tag }) = Path::from_request_parts(parts, served).await?;
        Ok(Self(served.runtime.plan(&tag)?))
    }
}

impl FromRequestParts<Served> for NamedProvider {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Refusal> {
        let Path(OfProvider { tag, provider }) = Path::from_request_parts(parts, served).await?;
        let plan = served.runtime.plan(&tag)?;
        plan.provider(&provider)?;
        Ok(Self { plan, provider })
    }
}

impl From<PathRejection> for Refusal {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}
