//! Calls that meet a redirect; `redirect.rs` says which are followed.

use super::play::check;

#[test]
fn redirects() {
    check(
        "
        # 307 and 308 on the same origin
        GET  307(/x) 200     -> S S/x =200
        ONCE 308(/x) 200     -> S S/x =200
        # it is no repeat
        GET  307(/x) 503 200 -> S S/x W1 F1/x =200
        # five at most
        GET  307(/1) 307(/2) 307(/3) 307(/4) 307(/5) 307(/6) -> S S/1 S/2 S/3 S/4 S/5 !Redirect
        # one that is not followed is the error
        GET  307(https://evil.example/x) -> S !Redirect
        ONCE 303(/x)                     -> S !Redirect
        ",
    );
}
