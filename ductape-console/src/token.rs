use std::env::{self, VarError};
use std::error::Error;
use std::fmt::{self, Debug, Display, Formatter};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use subtle::ConstantTimeEq;

use crate::refusal::Refusal;

/// What callers must know to change anything. It never appears in `Debug`.
#[derive(Clone)]
pub(crate) struct Token(Arc<str>);

impl Token {
    pub(crate) fn new(token: String) -> Result<Self, TokenError> {
        match token.char_indices().find(|(_, letter)| !letter.is_ascii_graphic()) {
            _ if token.is_empty() => Err(TokenError(Fault::Empty { variable: None })),
            Some((at, _)) => Err(TokenError(Fault::Unsendable { at, variable: None })),
            None => Ok(Self(token.into())),
        }
    }

    pub(crate) fn from_env(variable: &str) -> Result<Self, TokenError> {
        let token = env::var(variable).map_err(|error| match error {
            VarError::NotPresent => TokenError(Fault::Unset { variable: variable.to_owned() }),
            VarError::NotUnicode(_) => TokenError(Fault::NotUnicode { variable: variable.to_owned() }),
        })?;
        Self::new(token).map_err(|error| error.of(variable))
    }

    /// Takes as long for a token that is almost right as for one that is all wrong.
    fn is(&self, sent: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(sent).into()
    }
}

impl Debug for Token {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Lets through who knows the token; to others, not even the body is read.
pub(crate) async fn guard(State(token): State<Token>, request: Request, next: Next) -> Result<Response, Refusal> {
    match sent(request.headers()) {
        Some(sent) if token.is(sent) => Ok(next.run(request).await),
        Some(_) => Err(Refusal::wrong_token()),
        None => Err(Refusal::no_token()),
    }
}

/// The token of `Authorization: Bearer …`.
fn sent(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// Why a token is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError(Fault);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    Unset { variable: String },
    NotUnicode { variable: String },
    Empty { variable: Option<String> },
    Unsendable { at: usize, variable: Option<String> },
}

impl TokenError {
    fn of(self, variable: &str) -> Self {
        let variable = Some(variable.to_owned());
        Self(match self.0 {
            Fault::Empty { .. } => Fault::Empty { variable },
            Fault::Unsendable { at, .. } => Fault::Unsendable { at, variable },
            other => other,
        })
    }
}

/// Never says what the token is.
impl Display for TokenError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let place = |variable: &Option<String>| match variable {
            Some(variable) => format!("the token in the environment variable `{variable}`"),
            None => "the console's token".to_owned(),
        };
        match &self.0 {
            Fault::Unset { variable } => {
                write!(f, "the environment variable `{variable}` is not set; the console's token is to stand there")
            }
            Fault::NotUnicode { variable } => write!(
                f,
                "the token in the environment variable `{variable}` is not Unicode; use visible ASCII characters only"
            ),
            Fault::Empty { variable } => {
                write!(
                    f,
                    "{} is empty, so that everybody would know it; leave it out to allow no changes",
                    place(variable)
                )
            }
            Fault::Unsendable { at, variable } => write!(
                f,
                "{} has a character at byte {at} that cannot be sent; use visible ASCII characters only, without spaces \
                 and line breaks",
                place(variable)
            ),
        }
    }
}

impl Error for TokenError {}
