use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ductape_runtime::{Name, PatchError, PatchFault, UnknownProvider, UnknownTag};
use serde::Serialize;

/// Why a request is not served: a status, and an object that says it to people and programs.
#[derive(Debug, Serialize)]
pub(crate) struct Refusal {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    challenge: Option<&'static str>,
    error: String,
    /// The tags most like the one that no plan has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nearest: Vec<Name>,
    /// The providers that the plan has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    known: Vec<Name>,
    /// All that is wrong with a patch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<PatchFault>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        let error = error.into();
        Self { status, challenge: None, error, nearest: Vec::new(), known: Vec::new(), faults: Vec::new() }
    }

    /// It cannot be read.
    pub(crate) fn unreadable(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// It can be read, and is wrong.
    pub(crate) fn wrong(error: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error)
    }

    pub(crate) fn absent(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    pub(crate) fn no_token() -> Self {
        let error = "whoever changes a plan must know the token; send `Authorization: Bearer …`";
        Self { challenge: Some(r#"Bearer realm="ductape""#), ..Self::new(StatusCode::UNAUTHORIZED, error) }
    }

    pub(crate) fn wrong_token() -> Self {
        let challenge = Some(r#"Bearer realm="ductape", error="invalid_token""#);
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, "this is not the token") }
    }
}

impl From<UnknownTag> for Refusal {
    fn from(unknown: UnknownTag) -> Self {
        Self { nearest: unknown.nearest().to_vec(), ..Self::absent(unknown.to_string()) }
    }
}

impl From<UnknownProvider> for Refusal {
    fn from(unknown: UnknownProvider) -> Self {
        Self { known: unknown.known().to_vec(), ..Self::absent(unknown.to_string()) }
    }
}

impl From<PatchError> for Refusal {
    fn from(error: PatchError) -> Self {
        Self { faults: error.faults().to_vec(), ..Self::wrong(error.to_string()) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self)).into_response();
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
