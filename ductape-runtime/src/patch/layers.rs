use std::sync::Arc;

use super::read::{Origins, Reader};
use super::tree::{Entry, in_full, merge, without_nulls};
use super::{Patch, PatchError};
use crate::plan::Plan;

/// Where patches of a plan come from; later ones take precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// The program, as it makes the runtime.
    Program,
    #[cfg_attr(not(feature = "config"), expect(dead_code, reason = "files are read with the feature only"))]
    File,
    Environment,
    Update,
}

/// The patches of a plan that are in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layers([Arc<Vec<Entry>>; 4]);

impl Layers {
    /// With a patch over those that came from the same place.
    pub(crate) fn over(&self, layer: Layer, patch: Patch) -> Self {
        let mut layers = self.clone();
        merge(Arc::make_mut(&mut layers.0[layer as usize]), in_full(patch.0));
        layers
    }

    /// With a patch in the place of those that came from the same place.
    pub(crate) fn with(&self, layer: Layer, patch: Patch) -> Self {
        let mut layers = self.clone();
        layers.0[layer as usize] = Arc::default();
        layers.over(layer, patch)
    }

    /// All that came from there.
    pub(crate) fn patch(&self, layer: Layer) -> Patch {
        Patch(Vec::clone(&self.0[layer as usize]))
    }

    /// Without what came from there.
    #[cfg(feature = "config")]
    pub(crate) fn without(&self, layer: Layer) -> Self {
        let mut layers = self.clone();
        layers.0[layer as usize] = Arc::default();
        layers
    }

    /// Without what only took something back.
    pub(crate) fn settled(mut self) -> Self {
        for layer in &mut self.0 {
            *layer = Arc::new(without_nulls(std::mem::take(Arc::make_mut(layer))));
        }
        self
    }

    /// The definition that the code's and these come to, and where its values come from; or all that is wrong.
    pub(crate) fn apply(&self, code: &Plan) -> Result<(Plan, Origins), PatchError> {
        let mut plan = code.clone();
        let mut reader = Reader::new(&code.tag);
        for layer in &self.0 {
            reader.plan(&mut plan, layer);
        }
        reader.whole(&plan);
        PatchError::unless_none(reader.faults)?;
        Ok((plan, reader.origins))
    }
}
