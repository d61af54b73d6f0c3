use std::hash::{Hash, Hasher};

use siphasher::sip::SipHasher24;

/// Part of the promise: another one would send every key of every user elsewhere.
const KEY: &[u8; 16] = b"ductape sticky 1";

/// A hasher whose results outlive the process: SipHash-2-4 (J.-P. Aumasson and D. J. Bernstein, 2012) with a fixed
/// key, over all that is written, one after the other.
///
/// Integers are written in little endian, `usize` and `isize` in 64 bits. What no hasher can see through is a slice or
/// an array of integers wider than a byte: std hands over its memory, in the platform's byte order.
#[derive(Debug, Clone)]
pub(super) struct StableHasher(SipHasher24);

impl StableHasher {
    pub(super) fn new() -> Self {
        Self(SipHasher24::new_with_key(KEY))
    }
}

/// The hash of a sticky key: the same in every process, on every platform.
///
/// A key is what its `Hash` writes: `"a"` and `String::from("a")` are one key, `7_u32` and `7_u64` are two.
pub(crate) fn key_hash<K: Hash + ?Sized>(key: &K) -> u64 {
    let mut hasher = StableHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// Without these, integers would be written in the platform's byte order.
macro_rules! little_endian {
    ($($method:ident: $integer:ty as $written:ty),* $(,)?) => {$(
        fn $method(&mut self, value: $integer) {
            self.write(&(value as $written).to_le_bytes());
        }
    )*};
}

impl Hasher for StableHasher {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    little_endian! {
        write_u8: u8 as u8,
        write_u16: u16 as u16,
        write_u32: u32 as u32,
        write_u64: u64 as u64,
        write_u128: u128 as u128,
        write_usize: usize as u64,
        write_i8: i8 as i8,
        write_i16: i16 as i16,
        write_i32: i32 as i32,
        write_i64: i64 as i64,
        write_i128: i128 as i128,
        write_isize: isize as i64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_bytes(bytes: &[u8]) -> u64 {
        let mut hasher = StableHasher::new();
        hasher.write(bytes);
        hasher.finish()
    }

    /// What std writes is part of the promise: these fail should it ever change.
    #[test]
    fn r44_a_key_is_the_bytes_it_writes_on_every_platform() {
        assert_eq!(key_hash(&0x0102_u16), of_bytes(&[2, 1]));
        assert_eq!(key_hash(&-2_i32), of_bytes(&[0xfe, 0xff, 0xff, 0xff]));
        assert_eq!(key_hash(&1_u128), of_bytes(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!(key_hash(&3_usize), of_bytes(&[3, 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!(key_hash(&-1_isize), of_bytes(&[0xff; 8]));
        assert_eq!(key_hash("ab"), of_bytes(b"ab\xff"));
        assert_eq!(key_hash("ab"), key_hash(&String::from("ab")));
        assert_eq!(key_hash(&(7_u8, "a")), of_bytes(b"\x07a\xff"));
        assert_eq!(key_hash(&'a'), of_bytes(b"a\0\0\0"));
        assert_eq!(key_hash(&Some(true)), of_bytes(&[1, 0, 0, 0, 0, 0, 0, 0, 1]));
        assert_eq!(key_hash(b"ab".as_slice()), of_bytes(b"\x02\0\0\0\0\0\0\0ab"));
    }
}
