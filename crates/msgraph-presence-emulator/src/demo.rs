//! A demonstration: users whose presence changes by itself.

use crate::{Emulator, Session, SignIns, User};
use msgraph_presence_models::UserId;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::sleep;

/// The presence of a user in a demonstration, one after the other.
const DAY: [(&str, &str); 4] = [
    ("Busy", "InAMeeting"),
    ("Available", "Available"),
    ("Busy", "InACall"),
    ("DoNotDisturb", "Presenting"),
];

impl User {
    /// Six users for a demonstration: Ada, Grace, Edsger, Barbara, Donald and Frances.
    pub fn demo() -> [Self; 6] {
        ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances"].map(Self::new)
    }
}

impl Emulator {
    /// Adds users, of whom every third is offline, and lets the first one sign in to programs
    /// without a page. While the future is polled, one presence changes every second, every other
    /// time that of the first user.
    ///
    /// The future does not end, and does not keep the emulator running.
    ///
    /// ```
    /// use msgraph_presence_emulator::{Emulator, User, models::Activity};
    /// use std::time::Duration;
    /// use tokio::time::timeout;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::start().await?;
    /// let [ada, ..] = User::demo().map(|user| user.user_id());
    /// let activity = || emulator.presence(ada)?.activity;
    ///
    /// let demo = emulator.demo(User::demo().into());
    /// assert_eq!(activity(), Some(Activity::Available));
    /// let _ = timeout(Duration::from_millis(1500), demo).await;
    /// assert_eq!(activity(), Some(Activity::InAMeeting));
    /// # Ok(())
    /// # }
    /// ```
    pub fn demo(&self, users: Vec<User>) -> impl Future<Output = Infallible> + Send + use<> {
        let users = users.into_iter().map(|user| self.add_user(user));
        let users: Vec<UserId> = users.collect();
        for (user, place) in users.iter().zip(0..) {
            if place % 3 != 2 {
                self.sign_in(*user);
            }
        }
        if let Some(first) = users.first() {
            self.set_sign_ins(SignIns::by(*first).interval(Duration::from_secs(1)));
        }
        let shared = self.shared();
        async move {
            loop {
                for turn in 0..4 * users.len() {
                    let (availability, activity) = DAY[turn % 4];
                    for place in [0, turn % users.len()] {
                        sleep(Duration::from_secs(1)).await;
                        let mut service = shared.service();
                        service.change(users[place], |account, now| account.end(None, now));
                        service.sign_in(users[place], Session::new(availability, activity));
                    }
                }
                // Without users nothing changes.
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}
