// Walks a model's nodes in order and builds the Graph; local functions and branches on constants
// are inlined.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph/graph.hpp"
#include "onnx/node_context.hpp"
#include "onnx/order.hpp"
#include "onnx/tensor_reader.hpp"
#include "onnx/wire.hpp"

namespace colonnade {

class Importer {
 public:
  /// `where` names the model in messages.
  Importer(const wire::ModelProto& model, std::string where, TensorReader& tensors);

  Graph run();

 private:
  // The names in force: of the model's graph, of a branch inside it, or of a function's body.
  struct Scope {
    const Scope* outer = nullptr;  // A branch sees the names around it, a function's body doesn't.
    std::unordered_map<std::string, ValueId> values;
    std::unordered_map<std::string, const wire::TensorProto*> initializers;  // Read when asked for.
    BoundAttributes arguments;  // What attribute references of a function's body stand for.
    std::int64_t opset = 0;
    std::string prefix;  // Of node names, "caller/".
    int depth = 0;
  };
  using OpsetImports = google::protobuf::RepeatedPtrField<wire::OperatorSetIdProto>;

  std::int64_t read_opset(const OpsetImports& imports, std::int64_t fallback) const;
  void read_inputs(Scope& scope);
  void read_outputs(Scope& scope);
  void add_initializers(const wire::GraphProto& graph, Scope& scope) const;

  void import_nodes(const WireNodes& nodes, std::span<const std::string> wanted, Scope& scope);
  void import_node(const wire::NodeProto& node, int index, Scope& scope);
  void build(const wire::NodeProto& node, NodeSource source, Scope& scope);
  void call(const wire::FunctionProto& function, const wire::NodeProto& node, NodeSource source,
            Scope& scope);
  void take_branch(const wire::NodeProto& node, NodeSource source, Scope& scope);
  void hand_out(ValueId value, const std::string& name, ValueId first_inside, Scope& scope);

  std::optional<ValueId> find(const std::string& name, Scope& scope);
  ValueId read(const std::string& name, const std::string& reader, Scope& scope);
  static BoundAttributes bind_attributes(const wire::NodeProto& node, const Scope& scope);
  void refuse(const NodeSource& source, const std::string& reason, Scope& scope);
  [[noreturn]] void throw_refusals() const;

  const wire::ModelProto& model_;
  std::string where_;
  TensorReader& tensors_;
  Graph graph_;
  GraphInference inference_{graph_};
  std::unordered_map<std::string, const wire::FunctionProto*> functions_;
  std::vector<std::string> refusals_;  // Of all nodes that can't be run: they're told together.
  std::size_t visited_ = 0;            // Nodes, of bodies once a call.
};

}  // namespace colonnade
