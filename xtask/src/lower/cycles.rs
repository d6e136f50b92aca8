//! Objects that contain themselves: a `Box` goes between.

use crate::ir::{Item, Module, Struct, Type};
use std::collections::HashMap;

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
