#include "model/pieces.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"
#include "model/forms.hpp"

namespace colonnade {
namespace {

using Assignment = std::vector<std::size_t>;  ///< Graph input of each slot of the form.

std::optional<std::int64_t>* symbol(PieceDims& dims, std::int64_t dim) {
  switch (dim) {
    case kPillars: return &dims.pillars;
    case kPoints: return &dims.points;
    case kFeatures: return &dims.features;
    case kChannels: return &dims.channels;
    case kRows: return &dims.rows;
    case kColumns: return &dims.columns;
    default: return nullptr;
  }
}

/// Whether a tensor of this shape can stand in the slot; learns the static dims of symbols.
bool unify(const InputForm& slot, const Value& value, PieceDims& dims) {
  if (!value.shape) return true;
  const Shape& shape = *value.shape;
  if (shape.rank() != slot.dims.size()) return false;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const std::int64_t found = shape[axis];
    const std::int64_t wanted = slot.dims[axis];
    if (found == kUnknownDim) continue;
    if (wanted > 0) {
      if (found != wanted) return false;
      continue;
    }
    std::optional<std::int64_t>& known = *symbol(dims, wanted);
    if (known && *known != found) return false;
    known = found;
  }
  return true;
}

const Value& input(const Graph& graph, std::size_t position) {
  return graph.values[graph.inputs[position]];
}

std::optional<PieceDims> unify_all(const PieceForm& form, const Graph& graph,
                                   const Assignment& assignment) {
  PieceDims dims;
  for (std::size_t slot = 0; slot < form.inputs.size(); ++slot) {
    if (!unify(form.inputs[slot], input(graph, assignment[slot]), dims)) return std::nullopt;
  }
  return dims;
}

bool has_name(const InputForm& slot, const std::string& name) {
  return std::find(slot.names.begin(), slot.names.end(), name) != slot.names.end();
}

/// Every slot by its name; nothing unless all names are there.
std::optional<Assignment> by_name(const PieceForm& form, const Graph& graph) {
  Assignment assignment;
  for (const InputForm& slot : form.inputs) {
    std::size_t position = 0;
    while (position < graph.inputs.size() && !has_name(slot, input(graph, position).name)) {
      ++position;
    }
    if (position == graph.inputs.size()) return std::nullopt;
    assignment.push_back(position);
  }
  return assignment;
}

Assignment by_position(const PieceForm& form) {
  Assignment assignment(form.inputs.size());
  for (std::size_t slot = 0; slot < assignment.size(); ++slot) assignment[slot] = slot;
  return assignment;
}

/// Every slot by the only input whose shape fits it; nothing where two would.
std::optional<Assignment> by_shape(const PieceForm& form, const Graph& graph) {
  Assignment assignment;
  for (const InputForm& slot : form.inputs) {
    std::optional<std::size_t> only;
    for (std::size_t position = 0; position < graph.inputs.size(); ++position) {
      PieceDims dims;
      if (!unify(slot, input(graph, position), dims)) continue;
      if (only) return std::nullopt;
      only = position;
    }
    if (!only || std::find(assignment.begin(), assignment.end(), *only) != assignment.end()) {
      return std::nullopt;
    }
    assignment.push_back(*only);
  }
  return assignment;
}

std::optional<Piece> try_form(const PieceForm& form, const Graph& graph) {
  if (form.inputs.size() != graph.inputs.size()) return std::nullopt;
  const std::optional<Assignment> named = by_name(form, graph);
  std::optional<Assignment> assignment = named ? named : by_position(form);
  std::optional<PieceDims> dims = unify_all(form, graph, *assignment);
  if (!dims && !named) {
    assignment = by_shape(form, graph);
    if (assignment) dims = unify_all(form, graph, *assignment);
  }
  if (!dims) return std::nullopt;

  Piece piece{&form, {}, *dims};
  for (std::size_t slot = 0; slot < form.inputs.size(); ++slot) {
    const std::size_t position = (*assignment)[slot];
    TensorRef tensor;
    if (named) {
      tensor.name = input(graph, position).name;
    } else {
      tensor.position = static_cast<std::int64_t>(position);
    }
    piece.inputs.push_back({std::move(tensor), form.inputs[slot].source});
  }
  return piece;
}

/// Why a piece of the right form can't belong to this model; empty: it can.
std::string contradiction(const Piece& piece, const ModelSpec& spec) {
  const PieceDims& dims = piece.dims;
  const std::int64_t rows = dims.rows.value_or(spec.grid.ny());
  const std::int64_t columns = dims.columns.value_or(spec.grid.nx());
  if (rows != spec.grid.ny() || columns != spec.grid.nx()) {
    return fmt::format(
        "its BEV image has {} rows and {} columns, the grid has {} (ny) and {} (nx); set grid.min, "
        "grid.max and grid.cell to what it was trained with",
        rows, columns, spec.grid.ny(), spec.grid.nx());
  }
  const auto features = static_cast<std::int64_t>(spec.pillars.features.size());
  if (dims.features.value_or(features) != features) {
    return fmt::format("its points have {} features, pillars.features names {}", *dims.features,
                       features);
  }
  return {};
}

std::string describe(const PieceForm& form) {
  static constexpr std::array<char, 6> kLetters{'P', 'N', 'F', 'C', 'H', 'W'};
  std::string text = fmt::format("{} (", form.title);
  for (const InputForm& slot : form.inputs) {
    if (&slot != &form.inputs.front()) text += ", ";
    if (!slot.names.empty()) text += fmt::format("{} ", slot.names.front());
    text += '[';
    for (std::size_t axis = 0; axis < slot.dims.size(); ++axis) {
      if (axis > 0) text += ',';
      const std::int64_t dim = slot.dims[axis];
      text += dim > 0 ? fmt::format("{}", dim)
                      : std::string(1, kLetters[static_cast<std::size_t>(-dim - 1)]);
    }
    text += ']';
  }
  return text + ')';
}

}  // namespace

std::string describe_values(const Graph& graph, std::span<const ValueId> ids) {
  std::string text;
  for (const ValueId id : ids) {
    const Value& value = graph.values[id];
    if (!text.empty()) text += ", ";
    text += value.name.empty() ? "(unnamed)" : value.name;
    if (value.shape) {
      text += fmt::format(" {}{}", name_of(value.dtype), value.shape->to_string());
    }
  }
  return text.empty() ? "none" : text;
}

Piece recognise_piece(const Graph& graph, const std::string& where, const Rules& rules) {
  std::string expected, reason;
  for (const PieceForm* form : forms_of(rules.exporter)) {
    if (std::optional<Piece> piece = try_form(*form, graph)) {
      const std::string why_not = contradiction(*piece, rules.spec);
      if (why_not.empty()) return *piece;
      if (reason.empty()) reason = why_not;
    }
    if (!expected.empty()) expected += "; or ";
    expected += describe(*form);
  }
  if (!reason.empty()) throw Error(ErrorCode::mismatch, where, reason);
  throw Error(ErrorCode::mismatch, where,
              fmt::format("its inputs are {}; expected {}", describe_values(graph, graph.inputs),
                          expected));
}

}  // namespace colonnade
