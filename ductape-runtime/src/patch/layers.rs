use std::sync::Arc;

use super::read::{Origins, Reader};
use super::tree::{Entry, in_full, merge, without_nulls};
use super::{Patch, PatchError};
use crate::Name;
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
pub(crate) struct Layers {
    each: [Arc<Vec<Entry>>; 4],
    /// Those that have come since they were [`settled`](Self::settled): each is judged by itself, too.
    new: Vec<Vec<Entry>>,
}

impl Layers {
    /// With a patch over those that came from the same place.
    pub(crate) fn over(&self, layer: Layer, patch: Patch) -> Self {
        let (mut layers, patch) = (self.clone(), in_full(patch.0));
        merge(Arc::make_mut(&mut layers.each[layer as usize]), patch.clone());
        layers.new.push(patch);
        layers
    }

    /// With several patches, put together before, in the place of those that came from the same place.
    pub(crate) fn with(&self, layer: Layer, patch: Patch) -> Self {
        let (mut layers, mut all) = (self.clone(), Vec::new());
        merge(&mut all, in_full(patch.0));
        layers.each[layer as usize] = Arc::new(all);
        layers
    }

    /// For a plan some providers of which go by other names: from and to.
    pub(crate) fn renamed(&self, renamed: &[(Name, Name)]) -> Self {
        let mut layers = self.clone();
        for layer in layers.each.iter_mut().filter(|layer| !renamed.is_empty() && !layer.is_empty()) {
            let patch = Patch(std::mem::take(Arc::make_mut(layer)));
            *layer = Arc::new(renamed.iter().fold(patch, |patch, (from, to)| patch.renamed(from, to)).0);
        }
        layers
    }

    /// All that came from there.
    pub(crate) fn patch(&self, layer: Layer) -> Patch {
        Patch(Vec::clone(&self.each[layer as usize]))
    }

    /// Without what came from there.
    #[cfg(feature = "config")]
    pub(crate) fn without(&self, layer: Layer) -> Self {
        let mut layers = self.clone();
        layers.each[layer as usize] = Arc::default();
        layers
    }

    /// Without what only took something back.
    pub(crate) fn settled(mut self) -> Self {
        self.new.clear();
        for layer in &mut self.each {
            *layer = Arc::new(without_nulls(std::mem::take(Arc::make_mut(layer))));
        }
        self
    }

    /// The definition that the code's and these come to, and where its values come from; or all that is wrong.
    pub(crate) fn apply(&self, code: &Plan) -> Result<(Plan, Origins), PatchError> {
        let mut plan = code.clone();
        let mut reader = Reader::new(&code.tag);
        for layer in &self.each {
            reader.plan(&mut plan, layer);
        }
        for patch in &self.new {
            reader.waits_for_nothing(code, patch);
        }
        reader.whole(&plan);
        PatchError::unless_none(reader.faults)?;
        Ok((plan, reader.origins))
    }
}
