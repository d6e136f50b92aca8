//! A board of a team: many users in one request, a live table in the terminal.
//!
//! ```console
//! $ GRAPH_TOKEN=eyJ0… cargo run -p msgraph-presence --example team_board -- ID ID ID …
//! ```
//!
//! The table is drawn again at every change, until Ctrl-C. The token needs Presence.Read.All; when
//! it ends, after an hour or so, the table is stale. Without `GRAPH_TOKEN` the emulator has a team
//! of twelve, and a few seconds of a day.

use msgraph_presence::{
    Activity, Availability, Client, StatusMessage, UserId, WatchBuilder, WatchedPresence,
};
use msgraph_presence_emulator::{Emulator, Fault, Session};
use std::env;
use std::io::{IsTerminal, stdout};
use std::time::Duration;
use tokio::time::{sleep, timeout};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(token) = env::var("GRAPH_TOKEN") {
        let ids = env::args().skip(1).map(|id| id.parse());
        let team = ids.collect::<Result<Vec<UserId>, _>>()?;
        if team.is_empty() {
            return Err("name the users to show, by their object ids".into());
        }
        run(Client::new(token)?.watch(), &team).await;
        return Ok(());
    }
    let graph = Emulator::start().await?;
    let team = hire_a_team(&graph);
    let builder = Client::builder().base_url(graph.base_url());
    let client = builder.token(graph.application_token()).build()?;
    tokio::select! {
        () = run(client.watch().every(Duration::from_millis(100)), &team) => Ok(()),
        played = play(&graph, &client, &team) => played,
    }
}

/// Draws the board whenever something has changed, as in the guide `team_board`.
async fn run(watch: WatchBuilder, team: &[UserId]) {
    let watch = watch.users(team.iter().copied()).with_status_message();
    let mut changes = watch.start();
    let board = changes.handle();
    while changes.next().await.is_some() {
        // The events of one response are drawn together.
        while let Ok(Some(_)) = timeout(Duration::from_millis(20), changes.next()).await {}
        let lines = team.iter().filter_map(|id| board.user(*id));
        show(&lines.map(|known| line(&known)).collect::<Vec<_>>());
    }
}

/// The known presence of a user, marked if it is stale.
fn line(known: &WatchedPresence) -> String {
    let stale = known.error.as_ref().map_or("", |_| "(stale) ");
    let presence = known.presence.clone().unwrap_or_default();
    let availability = presence.availability.clone().unwrap_or_default();
    let activity = presence.activity.clone().unwrap_or_default();
    let message = presence.status_message.as_ref();
    let text = message.and_then(|message| message.text()).unwrap_or("");
    let user = known.user.id().map_or(String::new(), |id| id.to_string());
    let line = format!("{user:<10.8} {availability:<16} {activity:<16} {stale}{text}");
    line.trim_end().to_owned()
}

/// Prints the board; in a terminal over the one before it.
fn show(lines: &[String]) {
    if stdout().is_terminal() {
        print!("\x1b[H\x1b[2J");
    }
    let head = ["user", "availability", "activity"];
    println!("{:<10} {:<16} {:<16} message", head[0], head[1], head[2]);
    println!("{}", lines.join("\n"));
}

/// One writes a message, one comes, one goes, and the service is busy for a moment.
async fn play(
    graph: &Emulator,
    client: &Client,
    team: &[UserId],
) -> Result<(), Box<dyn std::error::Error>> {
    let pause = || sleep(Duration::from_millis(400));
    pause().await;
    let message = StatusMessage::text("Back at two");
    let barbara = client.users(team[3]).presence();
    barbara.set_status_message(message).await?;
    graph.sign_in(team[2]);
    graph.sign_out(team[0]);
    pause().await;
    graph.inject(Fault::status(503).retry_after("0.3").times(1));
    pause().await;
    graph.sign_in(team[0]);
    pause().await;
    Ok(())
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
