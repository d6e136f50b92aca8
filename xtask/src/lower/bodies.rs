//! Bodies: the types that a program rarely names, because methods take the properties of a request
//! body as arguments, and the runtime reads the response of an error.

use super::context::Context;
use crate::ir::{Api, Item, Operation, Segment, Type};
use std::collections::{BTreeSet, HashMap};

/// The names of the types that only such bodies contain.
pub fn find(cx: &Context<'_>, api: &Api) -> BTreeSet<String> {
    let items = api.modules.iter().flat_map(|module| &module.items);
    let items: HashMap<_, _> = items.map(|item| (item.name(), item)).collect();
    let requests = api.operations.iter().filter_map(Operation::spread);
    let operations = cx.document.paths.iter().flat_map(|item| &item.operations);
    let responses = operations.flat_map(|operation| &operation.responses);
    let errors = responses.filter(|(status, _)| !status.value.starts_with('2'));
    let errors = errors.filter_map(|(_, response)| response.value());
    let shared = cx.document.components.responses.values();
    let shared = shared.map(|response| &response.value);
    let errors = errors.chain(shared).filter_map(|response| {
        let at = cx.schemas.position(response.schema()?.reference?)?;
        cx.types
            .get(cx.schemas.components[at].name)?
            .as_ref()?
            .name()
    });
    let bodies = reached(&items, requests.chain(errors));
    let others = items.keys().copied().filter(|name| !bodies.contains(name));
    let steps = api.handles.iter().flat_map(|handle| &handle.steps);
    let steps = steps.flat_map(|step| Segment::all_parameters(&step.segments));
    let calls = api.operations.iter().flat_map(Operation::types);
    let used = steps.map(|field| &field.ty).chain(calls);
    let others = reached(&items, others.chain(used.filter_map(Type::name)));
    bodies
        .difference(&others)
        .map(|name| (*name).to_owned())
        .collect()
}

/// The types with these names, and all that they contain.
fn reached<'a>(
    items: &HashMap<&str, &'a Item>,
    from: impl Iterator<Item = &'a str>,
) -> BTreeSet<&'a str> {
    let (mut open, mut found): (Vec<_>, _) = (from.collect(), BTreeSet::new());
    while let Some(name) = open.pop() {
        if found.insert(name) {
            open.extend(items.get(name).into_iter().flat_map(|item| item.contains()));
        }
    }
    found
}
