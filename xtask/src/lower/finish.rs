//! The last steps, which need all items: pages, boxes in recursive objects, and the module of
//! rarely used types.

use super::Context;
use crate::ir::{Api, Item, Module, Operation, Pages, Segment, Struct, Type};
use crate::openapi;
use crate::values::Method;
use petgraph::algo::kosaraju_scc;
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeSet, HashMap};

/// Finds the operations that return a page: GET of an object with a list and a link, in the
/// properties that `x-ms-pageable` names or in those of OData.
pub fn find_pages(
    modules: &[Module],
    written: &[&openapi::Operation<'_>],
    operations: &mut [Operation],
) {
    let items = by_name(modules);
    for (operation, written) in operations.iter_mut().zip(written) {
        let object = match (operation.method, &operation.response.ty) {
            (Method::Get, Type::Object(name)) if operation.response.decoder == "object" => {
                items.get(name.as_str())
            }
            _ => None,
        };
        let fields = match object {
            Some(Item::Struct(object)) => &object.fields[..],
            _ => &[],
        };
        let field = |wire| fields.iter().find(|field| field.wire == wire);
        let [items, link] = written.pageable.unwrap_or_default();
        let items = field(items.unwrap_or("value"));
        let items = items.filter(|items| matches!(items.ty, Type::List(_)));
        let link = field(link.unwrap_or("@odata.nextLink"));
        let both = items.zip(link.filter(|link| link.ty == Type::String));
        operation.pages = both.map(|(items, link)| Pages {
            items: items.clone(),
            link: link.clone(),
        });
    }
}

/// The types of the module `bodies`: those that only request bodies and error responses contain.
/// Programs rarely use them: methods take properties as arguments, and the runtime reads errors.
pub fn bodies(cx: &Context<'_>, api: &Api) -> BTreeSet<String> {
    let items = by_name(&api.modules);
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

/// Makes read-only strings optional in objects that are also sent, so that empty ones are not sent.
pub fn free_read_only(modules: &mut [Module], operations: &[Operation]) {
    let items = by_name(modules);
    let bodies = operations.iter();
    let bodies = bodies.filter_map(|operation| operation.body.as_ref()?.name());
    let sent = reached(&items, bodies).into_iter().map(str::to_owned);
    let sent: BTreeSet<_> = sent.collect();
    for object in objects_mut(modules).filter(|object| sent.contains(&object.name)) {
        for field in object.fields.iter_mut().filter(|field| field.read_only) {
            field.required = false;
        }
    }
}

fn objects_mut(modules: &mut [Module]) -> impl Iterator<Item = &mut Struct> {
    let items = modules.iter_mut().flat_map(|module| &mut module.items);
    items.filter_map(|item| match item {
        Item::Struct(object) => Some(object),
        _ => None,
    })
}

fn by_name(modules: &[Module]) -> HashMap<&str, &Item> {
    let items = modules.iter().flat_map(|module| &module.items);
    items.map(|item| (item.name(), item)).collect()
}

/// The named types and all types that they contain.
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

/// Puts the fields by which an object contains itself into a `Box`.
pub fn box_cycles(modules: &mut [Module]) {
    let mut objects: Vec<_> = objects_mut(modules).collect();
    let mut edges = DiGraphMap::<&str, ()>::new();
    for object in &objects {
        for field in &object.fields {
            if let Type::Object(name) = &field.ty {
                edges.add_edge(&object.name, name, ());
            }
        }
    }
    // Objects that contain each other are one component of the graph.
    let groups = (0..).zip(kosaraju_scc(&edges));
    let groups =
        groups.flat_map(|(at, names)| names.into_iter().map(move |name| (name.to_owned(), at)));
    let groups: HashMap<String, usize> = groups.collect();
    for object in &mut objects {
        let group = groups.get(&object.name);
        for field in &mut object.fields {
            if let Type::Object(name) = &field.ty
                && groups.get(name) == group
            {
                field.ty = Type::Boxed(name.clone());
            }
        }
    }
}
