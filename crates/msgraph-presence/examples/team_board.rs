//! A board of a team: many users, a few requests at a time, a live table in the terminal.
//!
//! ```console
//! $ GRAPH_TOKEN=eyJ0… cargo run -p msgraph-presence --example team_board -- ID ID ID …
//! ```
//!
//! It is read again every 30 seconds, until Ctrl-C or until the token ends, which is after an
//! hour or so. For hundreds of users Graph has `getPresencesByUserId`, up to 650 in one call,
//! which is not among the operations here. Without `GRAPH_TOKEN` the emulator
//! has a team of twelve, and is read twice.

use msgraph_presence::{Activity, Availability, Client, Error, Presence, StatusMessage, UserId};
use msgraph_presence_emulator::{Emulator, Fault, Session};
use std::env;
use std::io::{IsTerminal, stdout};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// So many requests are under way at most. The service allows 1,500 in 30 seconds.
const AT_A_TIME: usize = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(token) = env::var("GRAPH_TOKEN") {
        let ids = env::args().skip(1).map(|id| id.parse());
        let team = ids.collect::<Result<Vec<UserId>, _>>()?;
        if team.is_empty() {
            return Err("name the users to show, by their object ids".into());
        }
        let client = Client::new(token)?;
        loop {
            let board = read_all(&client, &team).await;
            show(&board);
            let mut failed = board.into_iter().filter_map(Result::err);
            if let Some(ended) = failed.find(Error::is_unauthorized) {
                return Err(ended.into()); // nothing but another token helps
            }
            sleep(Duration::from_secs(30)).await;
        }
    }
    let graph = Emulator::start().await?;
    let team = hire_a_team(&graph);
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.application_token()).build()?;
    show(&read_all(&client, &team).await);

    // One writes a message, one comes, one goes, and the service is busy for a moment.
    let message = StatusMessage::text("Back at two");
    let barbara = client.users(team[3]).presence();
    barbara.set_status_message(message).await?;
    graph.sign_in(team[2]);
    graph.sign_out(team[0]);
    graph.inject(Fault::status(503).retry_after("0.1").times(3));
    sleep(Duration::from_millis(500)).await;
    show(&read_all(&client, &team).await);
    Ok(())
}

/// Reads the presence of all users, in their order. One that fails does not stop the others.
async fn read_all(client: &Client, team: &[UserId]) -> Vec<Result<Presence, Error>> {
    let seats = Arc::new(Semaphore::new(AT_A_TIME));
    let mut calls = JoinSet::new();
    for (place, id) in team.iter().copied().enumerate() {
        let (request, seats) = (client.users(id).presence().get(), Arc::clone(&seats));
        calls.spawn(async move {
            let _seat = seats.acquire().await;
            (place, request.await)
        });
    }
    let mut board = calls.join_all().await;
    board.sort_by_key(|(place, _)| *place);
    board.into_iter().map(|(_, presence)| presence).collect()
}

/// Prints the board; in a terminal over the one before it.
fn show(board: &[Result<Presence, Error>]) {
    if stdout().is_terminal() {
        print!("\x1b[H\x1b[2J");
    }
    println!(
        "{:<10} {:<16} {:<16} message",
        "user", "availability", "activity"
    );
    for presence in board {
        match presence {
            Ok(presence) => println!("{}", row(presence)),
            Err(error) => println!("{:<10} {error}", "?"),
        }
    }
}

fn row(presence: &Presence) -> String {
    let availability = presence.availability.clone().unwrap_or_default();
    let activity = presence.activity.clone().unwrap_or_default();
    let message = presence.status_message.as_ref();
    let text = message.and_then(|message| message.text()).unwrap_or("");
    let user = presence.id.get(..8).unwrap_or(&presence.id);
    let row = format!("{user:<10} {availability:<16} {activity:<16} {text}");
    row.trim_end().to_owned()
}

/// Twelve people, some of them in a meeting, some of them not in.
fn hire_a_team(graph: &Emulator) -> Vec<UserId> {
    let names = [
        "Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Alan", "Radia", "Niklaus",
        "Adele", "Dennis", "Margaret",
    ];
    let hire = |(place, name): (usize, &str)| {
        let user = graph.add_user(name);
        if place % 3 == 0 {
            graph.sign_in(user);
        } else if place % 3 == 1 {
            let meeting = Session::new(Availability::Busy, Activity::InAMeeting);
            graph.sign_in_with(user, meeting);
        }
        user
    };
    names.into_iter().enumerate().map(hire).collect()
}
