//! A file as it would become: what is written to it stays in memory.

use std::collections::BTreeMap;
use std::io;

use redb::StorageBackend;
use redb::backends::FileBackend;

/// Bytes that are kept at a time, where any of them is written.
const BLOCK: u64 = 4_096;

/// What has been written.
#[derive(Debug)]
pub(super) struct Trial {
    length: u64,
    /// How much of the file is there still.
    shown: u64,
    /// By where they begin.
    blocks: BTreeMap<u64, Vec<u8>>,
}

impl Trial {
    pub(super) fn new(file: &FileBackend) -> io::Result<Self> {
        let length = file.len()?;
        Ok(Self { length, shown: length, blocks: BTreeMap::new() })
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }

    pub(super) fn read(&self, file: &FileBackend, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        let of_file = usize::try_from(self.shown.saturating_sub(offset)).unwrap_or(usize::MAX).min(len);
        if of_file > 0 {
            bytes[..of_file].copy_from_slice(&file.read(offset, of_file)?);
        }
        for (at, written) in overlaps(offset, len) {
            if let Some(block) = self.blocks.get(&at) {
                bytes[written.in_bytes].copy_from_slice(&block[written.in_block]);
            }
        }
        Ok(bytes)
    }

    pub(super) fn write(&mut self, file: &FileBackend, offset: u64, data: &[u8]) -> io::Result<()> {
        for (at, written) in overlaps(offset, data.len()) {
            if !self.blocks.contains_key(&at) {
                let block = self.read(file, at, usize::try_from(BLOCK).map_err(io::Error::other)?)?;
                self.blocks.insert(at, block);
            }
            if let Some(block) = self.blocks.get_mut(&at) {
                block[written.in_block].copy_from_slice(&data[written.in_bytes]);
            }
        }
        let end = offset.saturating_add(data.len().try_into().unwrap_or(u64::MAX));
        self.length = self.length.max(end);
        Ok(())
    }

    pub(super) fn set_len(&mut self, length: u64) {
        self.length = length;
        self.shown = self.shown.min(length);
        self.blocks.retain(|at, _| *at < length);
        if let Some((at, block)) = self.blocks.range_mut(..length).next_back() {
            let left = usize::try_from(length - at).unwrap_or(usize::MAX).min(block.len());
            block[left..].fill(0);
        }
    }
}

/// What a block and the bytes have in common.
struct Overlap {
    in_bytes: std::ops::Range<usize>,
    in_block: std::ops::Range<usize>,
}

/// The blocks that lie under so many bytes at an offset.
fn overlaps(offset: u64, len: usize) -> impl Iterator<Item = (u64, Overlap)> {
    let end = offset.saturating_add(len.try_into().unwrap_or(u64::MAX));
    let blocks = (offset / BLOCK..end.div_ceil(BLOCK)).map(|number| number * BLOCK);
    blocks.filter_map(move |at| {
        let (from, to) = (at.max(offset), at.saturating_add(BLOCK).min(end));
        let place = |position: u64, start: u64| usize::try_from(position - start).ok();
        let in_bytes = place(from, offset)?..place(to, offset)?;
        Some((at, Overlap { in_bytes, in_block: place(from, at)?..place(to, at)? }))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn it_is_as_the_file_would_be_and_the_file_is_as_it_was() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        let before: Vec<u8> = (0..10_000_u32).map(|at| u8::try_from(at % 251)).collect::<Result<_, _>>()?;
        fs::write(&path, &before)?;
        let file = FileBackend::new(fs::OpenOptions::new().read(true).write(true).open(&path)?)?;
        let (mut trial, mut model) = (Trial::new(&file)?, before.clone());
        for (offset, length) in [(0, 9), (4_090, 12), (9_990, 10), (8_000, 0), (4_000, 5_000), (10_000, 3_000)] {
            let data: Vec<u8> = vec![0xee; length];
            trial.write(&file, u64::try_from(offset)?, &data)?;
            model.resize(model.len().max(offset + length), 0);
            model[offset..offset + length].fill(0xee);
        }
        for length in [11_000_usize, 4_100, 20_000] {
            trial.set_len(u64::try_from(length)?);
            model.resize(length, 0);
            assert_eq!(trial.len(), u64::try_from(length)?);
            assert_eq!(trial.read(&file, 0, length)?, model);
            assert_eq!(trial.read(&file, 4_095, 5)?, model[4_095..4_100]);
        }
        drop(file);
        assert_eq!(fs::read(&path)?, before);
        Ok(())
    }
}
