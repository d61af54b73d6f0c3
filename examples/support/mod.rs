//! What every example needs: servers on loopback, a client, and checks that end the program when they fail.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;

/// Why an example failed, for a person.
pub(crate) type Fault = Box<dyn Error + Send + Sync>;

/// Serves on a free port of 127.0.0.1 until the program ends; gives the address for clients.
pub(crate) async fn serve(router: Router) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}

/// A client that goes straight to loopback, whatever proxy the machine has.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().build()
}

/// Compares what an example shows with what it must be, by the servers' counters or by the plan.
pub(crate) fn same<T: Copy + PartialEq + Display>(what: &str, shown: T, must_be: T) -> Result<(), Fault> {
    if shown == must_be { Ok(()) } else { Err(format!("{what}: {shown}, but it must be {must_be}").into()) }
}

/// The end of `main`: a readable line and a failing exit code if anything differed.
pub(crate) fn finish(result: Result<(), Fault>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("\nnot as it should be: {fault}");
            ExitCode::FAILURE
        }
    }
}
