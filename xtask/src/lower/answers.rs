//! What operations answer.

use super::tree::Place;
use super::types::Site;
use super::{Lower, resolve};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Answer, Type};
use crate::spec::document::Response;
use crate::spec::fields::{At, Text};

impl<'d, 'n> Lower<'d, 'n, '_> {
    /// What comes back from a call that succeeds.
    pub fn answer(&mut self, place: &Place<'d, 'n>) -> Answer {
        let known = &self.document.components.responses;
        let mut answer: Option<(Answer, Text<'n>)> = None;
        let mut success = false;
        for (status, response) in &place.operation.responses {
            let Some(At {
                value: response, ..
            }) = resolve::or_ref(self.reader, known, "responses", response)
            else {
                continue;
            };
            if !status.value.starts_with('2') {
                self.failure(response, *status);
                continue;
            }
            success = true;
            let Some(found) = self.success(place, response, *status) else {
                continue;
            };
            match &answer {
                Some((before, first)) if *before != found => {
                    let message = "two answers of success with different content";
                    let help = match [before, &found].contains(&&Answer::Nothing) {
                        true => "keep the one that the service gives",
                        false => {
                            "describe one object with the members of both as optional ones"
                        }
                    };
                    let problem =
                        Diagnostic::new(Code::Unsupported, status.span, message);
                    self.reader
                        .report(problem.context(first.span, "the first").help(help));
                }
                Some(_) => {}
                None => answer = Some((found, *status)),
            }
        }
        if !success && !place.operation.responses.is_empty() {
            let message = "this operation never succeeds";
            let help =
                "add the response of success, such as `'204': {description: Done.}`";
            let span = place.operation.method.span;
            self.reader.error(Code::MissingKey, span, message, help);
        }
        answer.map_or(Answer::Nothing, |(answer, _)| answer)
    }

    /// The runtime reads the body of a failure itself; what describes it must make sense.
    fn failure(&mut self, response: &'d Response<'n>, status: Text<'n>) {
        if let Some(envelope) = response.envelope {
            let message = "an envelope around a failure";
            let help = "remove `x-rust-envelope`; it belongs to an answer of success";
            self.reader
                .error(Code::Extension, envelope.span, message, help);
        }
        if let Some(schema) = response.schema() {
            self.nameless_type(schema, status);
        }
    }

    /// `None` when it makes no sense, which is reported.
    fn success(
        &mut self,
        place: &Place<'d, 'n>,
        response: &'d Response<'n>,
        status: Text<'n>,
    ) -> Option<Answer> {
        let Some(content) = &response.content else {
            if let Some(envelope) = response.envelope {
                let message = "an envelope around nothing";
                let help = "remove `x-rust-envelope`, or describe the content";
                self.reader
                    .error(Code::Extension, envelope.span, message, help);
            }
            return Some(Answer::Nothing);
        };
        let schema = content.schema.as_ref()?;
        let name = format!("{}Response", place.type_name);
        let ty = self.type_of(schema, Site::new(&name, status))?;
        self.inline_module();
        match (ty, response.envelope) {
            (Type::I32 | Type::I64 | Type::F64, None)
                if content.media_type.value == "text/plain" =>
            {
                Some(Answer::Count)
            }
            (ty @ Type::Object(_), None) => Some(Answer::Object(ty)),
            (ty @ Type::Object(_), Some(member)) => self.enveloped(ty, member),
            _ => {
                let message = "an answer that is no object is not supported";
                let help = "describe an object, or a number under `text/plain`";
                self.reader
                    .error(Code::Unsupported, schema.span, message, help);
                None
            }
        }
    }

    /// An object that may come as the one item of a list.
    fn enveloped(&mut self, ty: Type, member: Text<'n>) -> Option<Answer> {
        if member.value == "value" {
            return Some(Answer::Enveloped(ty));
        }
        let message = format!("the envelope `{}` is not supported", member.value);
        let help = "write `x-rust-envelope: value`, or describe the object around it";
        self.reader
            .error(Code::Extension, member.span, message, help);
        None
    }
}
