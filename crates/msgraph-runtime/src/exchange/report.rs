//! The error of a call, and the texts that it must not show.

use super::{Exchange, Failure};
use crate::Error;
use crate::error::{Redactor, sent};
use crate::token::AccessToken;

impl Exchange<'_> {
    /// The error of this call for a failure.
    pub(crate) fn error(&self, failure: Failure) -> Error {
        let id = self.plan.client_request_id.to_str().ok();
        let batch = failure
            .response
            .as_ref()
            .and_then(|response| response.batch.clone());
        Error::of_call(
            self.plan.operation,
            failure,
            id.map(str::to_owned),
            self.sent,
            self.token(),
            &self.redactor_with(sent::in_batch(&batch.unwrap_or_default())),
        )
    }

    /// The redactor of the tokens of this call and of the texts that it has sent.
    pub(crate) fn redactor(&self) -> Redactor {
        self.redactor_with(Vec::new())
    }

    /// The same for a response that may also show these texts.
    fn redactor_with(&self, mut texts: Vec<String>) -> Redactor {
        let earlier = self.earlier.as_deref();
        let refused = earlier.and_then(|earlier| earlier.token.as_ref());
        let tokens = self.token.iter().chain(refused);
        let target = earlier.and_then(|earlier| earlier.target.as_ref());
        let url = target.unwrap_or(&self.plan.target).url();
        let parameters = sent::in_path(self.plan.operation.path, url.path());
        let query = sent::in_query(url.query().unwrap_or_default());
        texts.extend(sent::in_body(self.plan.body.as_deref().unwrap_or_default()));
        // A quote in the argument of an OData function is doubled; the service shows it single.
        let doubled = parameters.iter().filter(|text| text.contains("%27%27"));
        texts.extend(doubled.map(|text| text.replace("%27%27", "%27")));
        texts.extend(parameters.into_iter().chain(query).map(str::to_owned));
        texts.extend(sent::in_headers(self.common));
        texts.extend(sent::in_headers(&self.plan.headers));
        Redactor::new(tokens.filter_map(AccessToken::secret), texts)
    }
}
