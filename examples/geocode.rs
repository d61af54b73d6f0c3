//! Where is Oslo? Exactly if someone knows, roughly if nobody answers.
//!
//! Looking a place up changes nothing, so it may be tried as often as it takes: a plan in its plainest form, with a
//! second plan inside it and a last resort. Run it with `cargo run --example geocode`.

#[path = "support/mod.rs"]
mod support;

use std::fmt::{self, Display, Formatter};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use ductape::{Outcome, fallback};
use serde::{Deserialize, Serialize};

use crate::support::{Fault, same};

struct Geocoder {
    maps: Service,
    europe: Service,
    america: Service,
}

impl Geocoder {
    /// Finds a place on the map.
    #[fallback(timeout = "500ms")]
    async fn locate(&self, place: &str) -> ductape::Result<Outcome<Position>, GeoError> {
        #[primary("maps", retries = 1)]
        {
            Ok(self.maps.find(place).await?)
        }

        // Another plan: to this one it is a provider like any other, and it never outlives this provider's timeout.
        #[fallback("mirrors")]
        {
            Ok(self.ask_mirrors(place).await?)
        }

        // Only if nobody answers. The outcome says that it is degraded.
        #[degrade]
        {
            roughly(place).ok_or(GeoError::NotInTheAtlas)
        }
    }

    /// Asks the public mirrors, the nearer one first.
    #[fallback(timeout = "200ms")]
    async fn ask_mirrors(&self, place: &str) -> ductape::Result<Position, reqwest::Error> {
        #[primary("europe")]
        {
            self.europe.find(place).await
        }

        #[fallback("america")]
        {
            self.america.find(place).await
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Position {
    latitude: f64,
    longitude: f64,
}

impl Display for Position {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.latitude, self.longitude)
    }
}

#[derive(Debug, thiserror::Error)]
enum GeoError {
    #[error("the maps service gave no answer")]
    Maps(#[from] reqwest::Error),
    #[error(transparent)]
    Mirrors(#[from] ductape::Error<reqwest::Error>),
    #[error("not in the atlas either")]
    NotInTheAtlas,
}

const PLACES: [(&str, Position); 5] = [
    ("hanoi", Position { latitude: 21.028, longitude: 105.834 }),
    ("lisbon", Position { latitude: 38.722, longitude: -9.139 }),
    ("nairobi", Position { latitude: -1.286, longitude: 36.817 }),
    ("oslo", Position { latitude: 59.913, longitude: 10.752 }),
    ("quito", Position { latitude: -0.181, longitude: -78.468 }),
];

fn exactly(place: &str) -> Option<Position> {
    PLACES.iter().find(|(name, _)| *name == place).map(|(_, position)| *position)
}

/// What a small atlas says, to whole degrees.
fn roughly(place: &str) -> Option<Position> {
    let Position { latitude, longitude } = exactly(place)?;
    Some(Position { latitude: latitude.round(), longitude: longitude.round() })
}

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let http = support::client()?;
    let (maps, maps_server) = Service::start(&http).await?;
    let (europe, europe_server) = Service::start(&http).await?;
    let (america, america_server) = Service::start(&http).await?;
    let world =
        World { geocoder: Geocoder { maps, europe, america }, servers: [maps_server, europe_server, america_server] };

    println!("five places at a time, the maps service first, then the mirrors, then the atlas\n");
    println!("  {:30}  maps  mirrors  atlas  Oslo is at", "");
    world.locate_all("everyone answers", [true, true, true], [5, 0, 0]).await?;
    world.locate_all("the maps service is down", [false, true, true], [0, 5, 0]).await?;
    world.locate_all("so is the mirror in Europe", [false, false, true], [0, 5, 0]).await?;
    world.locate_all("nobody answers", [false, false, false], [0, 0, 5]).await?;
    world.locate_all("everyone is back", [true, true, true], [5, 0, 0]).await
}

struct World {
    geocoder: Geocoder,
    servers: [Arc<Server>; 3],
}

impl World {
    /// Locates every place while some servers are up, and shows who found how many.
    async fn locate_all(&self, title: &str, up: [bool; 3], expected: [usize; 3]) -> Result<(), Fault> {
        for (server, up) in self.servers.iter().zip(up) {
            server.up.store(up, Ordering::SeqCst);
            server.answered.store(0, Ordering::SeqCst);
        }

        let mut found = [0; 3];
        let mut oslo = None;
        for (place, exact) in PLACES {
            let position = self.geocoder.locate(place).await?;
            let by = ["maps", "mirrors", "degrade"].iter().position(|name| position.provider == *name);
            found[by.ok_or("found by nobody")?] += 1;
            same(&format!("{title}: {place} is degraded"), position.is_degraded(), *position != exact)?;
            oslo = (place == "oslo").then_some(*position).or(oslo);
        }

        let [maps, mirrors, atlas] = found;
        let oslo = oslo.ok_or("Oslo is not among the places")?;
        println!("  {title:30}  {maps:>4}  {mirrors:>7}  {atlas:>5}  {oslo}");
        self.check(found).map_err(|fault| format!("{title}, by the servers: {fault}"))?;
        check(found, expected).map_err(|fault| format!("{title}, by the plan: {fault}").into())
    }

    /// Every answer that a server gave was used, and what no server answered came out of the atlas.
    fn check(&self, found: [usize; 3]) -> Result<(), Fault> {
        let [maps, europe, america] = self.servers.each_ref().map(|server| server.answered.load(Ordering::SeqCst));
        check(found, [maps, europe + america, PLACES.len() - maps - europe - america])
    }
}

fn check(found: [usize; 3], must_be: [usize; 3]) -> Result<(), Fault> {
    same("by the maps service", found[0], must_be[0])?;
    same("by the mirrors", found[1], must_be[1])?;
    same("in the atlas", found[2], must_be[2])
}

/// The client of a geocoding service.
struct Service {
    http: reqwest::Client,
    base: String,
}

impl Service {
    async fn find(&self, place: &str) -> reqwest::Result<Position> {
        self.http.get(format!("{}/places/{place}", self.base)).send().await?.error_for_status()?.json().await
    }

    /// Starts a server; gives its client and its counters.
    async fn start(http: &reqwest::Client) -> Result<(Self, Arc<Server>), Fault> {
        let server = Arc::new(Server::default());
        let router = Router::new().route("/places/{place}", get(answer)).with_state(Arc::clone(&server));
        let base = support::serve(router).await?;
        Ok((Self { http: http.clone(), base }, server))
    }
}

/// A geocoding service on loopback, which counts its answers.
#[derive(Default)]
struct Server {
    up: AtomicBool,
    answered: AtomicUsize,
}

async fn answer(State(server): State<Arc<Server>>, Path(place): Path<String>) -> Result<Json<Position>, StatusCode> {
    if !server.up.load(Ordering::SeqCst) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let position = exactly(&place).ok_or(StatusCode::NOT_FOUND)?;
    server.answered.fetch_add(1, Ordering::SeqCst);
    Ok(Json(position))
}
