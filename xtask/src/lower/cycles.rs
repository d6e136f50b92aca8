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

/// Gives each object a number, the same to those that contain each other (Tarjan's algorithm,
/// with a stack of its own: a chain of objects may be long).
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

const UNSEEN: usize = usize::MAX;

fn strongly_connected(edges: &[Vec<usize>]) -> Vec<usize> {
    let count = edges.len();
    let (mut index, mut low) = (vec![UNSEEN; count], vec![UNSEEN; count]);
    let (mut group, mut open) = (vec![UNSEEN; count], Vec::new());
    let mut next = 0;
    for root in 0..count {
        if index[root] != UNSEEN {
            continue;
        }
        let mut path = vec![(root, 0)];
        while let Some((node, edge)) = path.pop() {
            if edge == 0 {
                (index[node], low[node]) = (next, next);
                next += 1;
                open.push(node);
            }
            if let Some(&target) = edges[node].get(edge) {
                path.push((node, edge + 1));
                if index[target] == UNSEEN {
                    path.push((target, 0));
                } else if group[target] == UNSEEN {
                    low[node] = low[node].min(index[target]);
                }
                continue;
            }
            if low[node] == index[node] {
                while let Some(member) = open.pop() {
                    group[member] = node;
                    if member == node {
                        break;
                    }
                }
            }
            if let Some((parent, _)) = path.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    group
}
