//! The last steps, for which all items must be known: pages, boxes in objects that contain
//! themselves, and the types that a program rarely names.

use super::Context;
use crate::ir::{Api, Item, Module, Operation, Pages, ResponseBody, Segment, Struct, Type};
use crate::openapi;
use crate::values::Method;
use std::collections::{BTreeSet, HashMap};

/// Finds the operations that return a page: GET of an object with a list and with a link, in the
/// properties that `x-ms-pageable` names or OData has.
pub fn find_pages(
    modules: &[Module],
    written: &[&openapi::Operation<'_>],
    operations: &mut [Operation],
) {
    let items = modules.iter().flat_map(|module| &module.items);
    let structs = items.filter_map(|item| match item {
        Item::Struct(object) => Some((object.name.as_str(), object)),
        _ => None,
    });
    let structs: HashMap<_, _> = structs.collect();
    for (operation, written) in operations.iter_mut().zip(written) {
        let ResponseBody::Object(Type::Object(name)) = &operation.response else {
            continue;
        };
        let Some(object) = structs
            .get(&**name)
            .filter(|_| operation.method == Method::Get)
        else {
            continue;
        };
        let [items, link] = written.pageable.unwrap_or_default();
        let (items, link) = (items.unwrap_or("value"), link.unwrap_or("@odata.nextLink"));
        let field = |wire| object.fields.iter().find(|field| field.wire == wire);
        let (items, link) = (field(items), field(link));
        operation.pages = items.zip(link).and_then(|(items, link)| {
            let is_page = matches!(items.ty, Type::List(_)) && link.ty == Type::String;
            is_page.then(|| Pages {
                items: items.clone(),
                link: link.clone(),
            })
        });
    }
}

/// The types that a program rarely names, because methods take the properties of a request body as
/// arguments, and the runtime reads the response of an error: those that only such bodies contain.
pub fn bodies(cx: &Context<'_>, api: &Api) -> BTreeSet<String> {
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

/// Makes the read-only strings of an object that is also sent optional: an empty one is not sent.
pub fn free_read_only(modules: &mut [Module], operations: &[Operation]) {
    let items = modules.iter().flat_map(|module| &module.items);
    let items: HashMap<_, _> = items.map(|item| (item.name(), item)).collect();
    let bodies = operations
        .iter()
        .filter_map(|operation| operation.body.as_ref()?.name());
    let sent: BTreeSet<_> = reached(&items, bodies)
        .into_iter()
        .map(str::to_owned)
        .collect();
    for object in objects_mut(modules).filter(|object| sent.contains(&object.name)) {
        for field in object.fields.iter_mut().filter(|field| field.read_only) {
            field.required = false;
        }
    }
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

/// Puts a `Box` wherever an object would contain itself.
pub fn box_cycles(modules: &mut [Module]) {
    let groups = groups(modules);
    for object in objects_mut(modules) {
        let group = groups.get(&object.name).copied();
        for field in &mut object.fields {
            if let Type::Object(name) = &field.ty
                && groups.get(name).copied() == group
            {
                field.ty = Type::Boxed(name.clone());
            }
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

/// Gives each object a number, the same to those that contain each other (Kosaraju's
/// algorithm, with a stack of its own: a chain of objects may be long).
fn groups(modules: &mut [Module]) -> HashMap<String, usize> {
    let objects: Vec<_> = objects_mut(modules).collect();
    let names = objects.iter().enumerate();
    let position: HashMap<_, _> = names
        .map(|(at, object)| (object.name.as_str(), at))
        .collect();
    let targets = |object: &&mut Struct| {
        let targets = object.fields.iter().filter_map(|field| match &field.ty {
            Type::Object(name) => position.get(name.as_str()).copied(),
            _ => None,
        });
        targets.collect()
    };
    let edges: Vec<_> = objects.iter().map(targets).collect();
    let names = objects.iter().map(|object| object.name.clone());
    names.zip(strongly_connected(&edges)).collect()
}

fn strongly_connected(edges: &[Vec<usize>]) -> Vec<usize> {
    let (mut seen, mut left) = (vec![false; edges.len()], Vec::new());
    let mut back = vec![Vec::new(); edges.len()];
    for root in 0..edges.len() {
        let mut open = vec![(root, false)];
        while let Some((node, is_left)) = open.pop() {
            if is_left {
                left.push(node);
            } else if !seen[node] {
                seen[node] = true;
                open.push((node, true));
                for target in &edges[node] {
                    back[*target].push(node);
                    open.push((*target, false));
                }
            }
        }
    }
    // Against the edges, from the node that was left last, only nodes of its own group are open.
    let mut group = vec![None; edges.len()];
    for root in left.into_iter().rev() {
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            if group[node].is_none() {
                group[node] = Some(root);
                open.append(&mut back[node]);
            }
        }
    }
    group.into_iter().flatten().collect()
}
