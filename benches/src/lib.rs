//! ductape against its peers: who is compared ([`contenders`]), what they call ([`provider`]), in which situations
//! ([`cases`]), how that is measured ([`measure`], [`proof`]), and what comes of it ([`sections`], [`report`]).

pub mod cases;
pub mod contenders;
pub mod measure;
pub mod proof;
pub mod provider;
pub mod report;
pub mod sections;
