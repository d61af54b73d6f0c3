//! What generated code asks the compiler about a function's types: its return type, and how its errors can be shown.
//!
//! Both questions are asked by method lookup on values, since stable Rust has no specialisation. That works through
//! type aliases, projections and generic parameters, and messages name the user's own types.

mod borrowed;
mod error_type;
mod misfit;
mod returns;
mod workflow;

pub use borrowed::{Borrowed, Shareable, Unshareable};
pub use error_type::{Answer, ByDebug, ByDeref, ByDisplay, ByError, ByNothing, ByScript, ErrorType, View};
pub use misfit::Misfit;
pub use returns::{Form, OwnPlain, Plain, Returns, Signature};
pub use workflow::{
    Errors, Judge, PartialForm, PartialMisfit, ReturnsResult, ReturnsWorkflow, WorkflowExit, WorkflowForm,
    WorkflowMisfit, any_result, judge, retry_all,
};
