//! How large a definition may be: everything beyond is refused at once, however large it is.

/// The bytes of a definition's JSON, and of a run's input.
pub const MOST_BYTES: usize = 1 << 20;

/// The levels of objects and lists inside each other, in a mapping, a default or a run's input.
pub const MOST_LEVELS: usize = 32;

/// The values in one mapping, those of inner objects and lists included.
pub const MOST_VALUES: usize = 1_024;

/// The options of a fallback or a quota, its fallback tier included: what a plan of the engine may have.
pub const MOST_OPTIONS: usize = 64;

/// The events of a feature: what a plan of the engine may have.
pub const MOST_EVENTS: usize = 64;

/// The declared fields of an input.
pub const MOST_FIELDS: usize = 256;

/// The environments of a healthcheck.
pub const MOST_ENVS: usize = 64;

/// The definitions in one set.
pub const MOST_DEFINITIONS: usize = 10_000;

/// The definitions that run inside each other: a feature in an option of a fallback in a feature …
pub const MOST_NESTED: usize = 16;

/// The characters of a name or a description.
pub const MOST_CHARACTERS: usize = 4_096;

/// The bytes of a text with references.
pub const MOST_TEMPLATE_BYTES: usize = 8_192;

/// The references in one text.
pub const MOST_REFERENCES: usize = 64;

/// The fields of one reference: `$Input{a}{b}` has two.
pub const MOST_STEPS: usize = 16;

/// The bytes that filling a mapping may make.
pub const MOST_FILLED_BYTES: usize = 16 << 20;

/// The faults that one error names; the others are counted.
pub const MOST_FAULTS: usize = 50;

/// The ranges of clauses: those of the attributes.
pub(crate) mod range {
    use std::time::Duration;

    pub(crate) const RETRIES: u64 = 100_000;
    pub(crate) const WEIGHT: u64 = 64_000;
    pub(crate) const TOTAL: u64 = 4_096_000;
    pub(crate) const COUNT: u64 = 1_000_000;
    pub(crate) const FACTOR: f64 = 1_000_000.0;
    pub(crate) const SHORTEST: Duration = Duration::from_micros(1);
    pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
    pub(crate) const LONGEST_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

    /// The timeout of an attempt where none is given.
    pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
}
