//! Where a catalogue keeps what must outlive its process.
