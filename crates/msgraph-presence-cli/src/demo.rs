//! The emulator within the command: a few users, and a little life.

use crate::values::Member;
use msgraph_presence_emulator::{Emulator, Session, SignIns, User};
use std::io;
use std::time::Duration;
use tokio::time::sleep;

/// Starts it, with these users in the place of its own; the signed-in one, who is first, is Ada.
pub async fn start(users: Vec<Member>) -> io::Result<(Emulator, Vec<Member>)> {
    let graph = Emulator::start().await?;
    let own = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances"].map(|name| {
        let id = User::new(name).user_id();
        let name = Some(name.to_owned());
        Member { id, name }
    });
    let others = if users.is_empty() {
        own[1..].to_vec()
    } else {
        users
    };
    let team: Vec<_> = own.into_iter().take(1).chain(others).collect();
    for (user, place) in team.iter().zip(0..) {
        let name = user.name.clone().unwrap_or_else(|| user.id.to_string());
        graph.add_user(User::new(name).id(user.id));
        if place % 3 != 2 {
            graph.sign_in(user.id);
        }
    }
    graph.set_sign_ins(SignIns::by(team[0].id).interval(Duration::from_secs(1)));
    Ok((graph, team))
}

/// Lets a day pass, a change a second; every other one is Ada's.
pub async fn live(graph: Emulator, team: Vec<Member>) {
    let day = [
        ("Busy", "InAMeeting"),
        ("Available", "Available"),
        ("Busy", "InACall"),
        ("DoNotDisturb", "Presenting"),
    ];
    for step in 0.. {
        sleep(Duration::from_secs(1)).await;
        let place = if step % 2 == 0 {
            0
        } else {
            step / 2 % team.len()
        };
        let user = team[place].id;
        let (availability, activity) = day[step / 2 % day.len()];
        graph.sign_out(user);
        graph.sign_in_with(user, Session::new(availability, activity));
    }
}
