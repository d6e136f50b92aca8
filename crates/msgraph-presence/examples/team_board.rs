//! A board of a team: many users in one request, a live table in the terminal.
//!
//! ```console
//! $ GRAPH_TOKEN=eyJ0… cargo run -p msgraph-presence --example team_board -- ID ID ID …
//! ```
//!
//! It is read again every 30 seconds, until Ctrl-C or until the token ends, which is after an
//! hour or so. The token needs Presence.Read.All. Without `GRAPH_TOKEN` the emulator has a team of
//! twelve, and is read twice.

use msgraph_presence::{
    Activity, Availability, Client, Error, Presence, Presences, StatusMessage, UserId,
};
use msgraph_presence_emulator::{Emulator, Fault, Session};
use std::env;
use std::io::{IsTerminal, stdout};
use std::time::Duration;
use tokio::time::sleep;

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
            let board = client.presences_of(team.iter().copied()).await;
            show(&team, &board);
            let mut failed = board.failed.into_iter().map(|failure| failure.error);
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
    show(&team, &client.presences_of(team.iter().copied()).await);

    // One writes a message, one comes, one goes, and the service is busy for a moment.
    let message = StatusMessage::text("Back at two");
    let barbara = client.users(team[3]).presence();
    barbara.set_status_message(message).await?;
    graph.sign_in(team[2]);
    graph.sign_out(team[0]);
    graph.inject(Fault::status(503).retry_after("0.1").times(3));
    sleep(Duration::from_millis(500)).await;
    show(&team, &client.presences_of(team.iter().copied()).await);
    Ok(())
}

/// Prints the board; in a terminal over the one before it.
fn show(team: &[UserId], board: &Presences) {
    if stdout().is_terminal() {
        print!("\x1b[H\x1b[2J");
    }
    println!(
        "{:<10} {:<16} {:<16} message",
        "user", "availability", "activity"
    );
    for id in team {
        match board.found.get(id) {
            Some(presence) => println!("{}", row(presence)),
            None => println!("{id:.8}   ?"),
        }
    }
    for failure in &board.failed {
        println!("{} users: {}", failure.ids.len(), failure.error);
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
