use std::sync::Arc;

use super::read::{Origins, Reader};
use super::tree::{Entry, in_full, merge, without_nulls};
use super::{Patch, PatchError};
use crate::plan::Plan;

/// The patches of a plan that are in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers(Arc<Vec<Entry>>);

impl Layers {
    /// With a patch over those that are there.
    pub(crate) fn over(&self, patch: Patch) -> Self {
        let mut layers = self.clone();
        merge(Arc::make_mut(&mut layers.0), in_full(patch.0));
        layers
    }

    /// Without what only took something back.
    pub(crate) fn settled(mut self) -> Self {
        self.0 = Arc::new(without_nulls(std::mem::take(Arc::make_mut(&mut self.0))));
        self
    }

    /// The definition that the code's and these come to, and where its values come from; or all that is wrong.
    pub(crate) fn apply(&self, code: &Plan) -> Result<(Plan, Origins), PatchError> {
        let mut plan = code.clone();
        let mut reader = Reader::new(&code.tag);
        reader.plan(&mut plan, &self.0);
        reader.whole(&plan);
        PatchError::unless_none(reader.faults)?;
        Ok((plan, reader.origins))
    }
}
