//! What other Graph clients get wrong, each with the test that ours does not.
//!
//! "SDK" is Microsoft's: `msgraph-sdk` 1.65 (Python), `@microsoft/microsoft-graph-client` 3.0
//! (JS v3) and `@microsoft/msgraph-sdk` 1.0 preview (Kiota JS), recorded on loopback; the
//! issues are those of applications that wrote their own client. What is wrong with values and
//! models is tested where those are.

mod answers;
mod repeats;
mod tokens;
