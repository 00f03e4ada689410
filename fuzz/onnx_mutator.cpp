// Mutates ONNX models at the level of their messages: operators, edges, attributes, dims, elements.
// Bytes flipped at random nearly always break the protobuf and test nothing behind it.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "onnx/builders.hpp"
#include "onnx/wire.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace colonnade::fuzz {
namespace {

using Model = wire::ModelProto;
using Attribute = wire::AttributeProto;

constexpr std::array<std::int64_t, 22> kNumbers{0,
                                                1,
                                                -1,
                                                2,
                                                -2,
                                                3,
                                                4,
                                                5,
                                                7,
                                                8,
                                                16,
                                                17,
                                                64,
                                                255,
                                                1 << 16,
                                                std::numeric_limits<std::int32_t>::max(),
                                                std::numeric_limits<std::int32_t>::min(),
                                                std::int64_t{1} << 32,
                                                std::int64_t{1} << 60,
                                                -(std::int64_t{1} << 60),
                                                std::numeric_limits<std::int64_t>::max(),
                                                std::numeric_limits<std::int64_t>::min()};
constexpr std::array<float, 12> kReals{0,     1,      -1,  0.5F,  2,        1e-5F,
                                       1e38F, 1e-40F, 255, -1e9F, INFINITY, NAN};
constexpr std::array<const char*, 40> kAttributes{"axis",
                                                  "axes",
                                                  "kernel_shape",
                                                  "strides",
                                                  "pads",
                                                  "dilations",
                                                  "group",
                                                  "auto_pad",
                                                  "output_shape",
                                                  "output_padding",
                                                  "ceil_mode",
                                                  "alpha",
                                                  "beta",
                                                  "transA",
                                                  "transB",
                                                  "perm",
                                                  "to",
                                                  "keepdims",
                                                  "epsilon",
                                                  "mode",
                                                  "scales",
                                                  "sizes",
                                                  "starts",
                                                  "ends",
                                                  "split",
                                                  "num_outputs",
                                                  "k",
                                                  "largest",
                                                  "sorted",
                                                  "batch_dims",
                                                  "reduction",
                                                  "equation",
                                                  "value",
                                                  "value_ints",
                                                  "allowzero",
                                                  "exclusive",
                                                  "dense_shape",
                                                  "block_size",
                                                  "select_last_index",
                                                  "coordinate_transformation_mode"};
constexpr std::array<const char*, 18> kTexts{
    "SAME_UPPER", "SAME_LOWER", "VALID",   "NOTSET", "constant",     "reflect",
    "edge",       "wrap",       "nearest", "linear", "cubic",        "half_pixel",
    "asymmetric", "add",        "max",     "ij,jk",  "bij,bjk->bik", "...i,...i->..."};

class Mutator {
 public:
  Mutator(Model& model, unsigned seed)
      : model_(model), graph_(*model.mutable_graph()), random_(seed) {}

  void run() {
    for (std::size_t n = 1 + below(4); n > 0; --n) step();
  }

  /// Nodes and constants of another model, under the same names: edges may join the two.
  void join(const Model& other) {
    for (const auto& tensor : other.graph().initializer()) {
      if (!has_initializer(tensor.name())) *graph_.add_initializer() = tensor;
    }
    for (const auto& node : other.graph().node()) {
      if (below(3) == 0) continue;
      auto& copy = *graph_.add_node();
      copy = node;
      for (int i = 0; i < copy.output_size(); ++i) *copy.mutable_output(i) += "'";
      for (int i = 0; i < copy.input_size(); ++i) {
        if (below(2) == 0) copy.set_input(i, any_value());
      }
    }
    add_output();
  }

 private:
  std::size_t below(std::size_t n) { return n < 2 ? 0 : random_() % n; }
  std::int64_t number() {
    return below(3) == 0 ? kNumbers[below(kNumbers.size())]
                         : static_cast<std::int64_t>(below(6)) - 1;
  }
  float real() { return kReals[below(kReals.size())]; }
  template <typename Repeated>
  auto* any(Repeated* list) {
    using Item = std::remove_reference_t<decltype(*list->Mutable(0))>;
    return list->empty()
               ? static_cast<Item*>(nullptr)
               : list->Mutable(static_cast<int>(below(static_cast<std::size_t>(list->size()))));
  }

  std::string any_value() {
    std::vector<std::string> names;
    for (const auto& input : graph_.input()) names.push_back(input.name());
    for (const auto& tensor : graph_.initializer()) names.push_back(tensor.name());
    for (const auto& node : graph_.node()) {
      for (const auto& name : node.output()) names.push_back(name);
    }
    return names.empty() || below(30) == 0 ? std::string() : names[below(names.size())];
  }
  bool has_initializer(const std::string& name) const {
    return std::any_of(graph_.initializer().begin(), graph_.initializer().end(),
                       [&](const auto& tensor) { return tensor.name() == name; });
  }
  std::string any_op() {
    const std::array<OpBuilders, 11> tables{
        elementwise_builders(), activation_builders(), constant_builders(), shape_builders(),
        index_builders(),       reduce_builders(),     linear_builders(),   convolution_builders(),
        resize_builders(),      quantize_builders(),   plugin_builders()};
    const OpBuilders table = tables[below(tables.size())];
    return std::string(table[below(table.size())].op_type);
  }
  std::string new_name() { return "v" + std::to_string(random_()); }

  void step() {
    switch (below(16)) {
      case 0: return change_op();
      case 1:
      case 2: return rewire();
      case 3: return add_node();
      case 4: return drop_node();
      case 5:
      case 6:
      case 7: return change_attribute();
      case 8: return add_attribute();
      case 9:
      case 10: return change_tensor();
      case 11: return add_tensor();
      case 12: return change_input();
      case 13: return add_output();
      case 14: return change_opset();
      default: return wrap();
    }
  }

  void change_op() {
    if (auto* node = any(graph_.mutable_node())) node->set_op_type(any_op());
  }
  void rewire() {
    auto* node = any(graph_.mutable_node());
    if (node == nullptr) return;
    const int count = node->input_size();
    if (count == 0 || below(5) == 0) {
      node->add_input(any_value());
    } else {
      node->set_input(static_cast<int>(below(static_cast<std::size_t>(count))), any_value());
    }
  }
  void add_node() {
    auto& node = *graph_.add_node();
    node.set_op_type(any_op());
    for (std::size_t i = 1 + below(3); i > 0; --i) node.add_input(any_value());
    node.add_output(new_name());
    if (below(6) == 0) node.add_output(new_name());
    if (below(2) == 0) add_attribute(node);
    // Somebody has to read it, or the reader drops it.
    if (below(2) == 0) graph_.add_output()->set_name(node.output(0));
    if (auto* reader = any(graph_.mutable_node()); reader != &node && reader->input_size() > 0) {
      reader->set_input(0, node.output(0));
    }
  }
  void drop_node() {
    if (graph_.node_size() > 1) {
      graph_.mutable_node()->DeleteSubrange(
          static_cast<int>(below(static_cast<std::size_t>(graph_.node_size()))), 1);
    }
  }

  void change_numbers(google::protobuf::RepeatedField<std::int64_t>& numbers) {
    const auto size = static_cast<std::size_t>(numbers.size());
    if (size == 0 || below(6) == 0) {
      numbers.Add(number());
    } else if (below(8) == 0) {
      numbers.RemoveLast();
    } else {
      numbers.Set(static_cast<int>(below(size)), number());
    }
  }
  void change_attribute() {
    auto* node = any(graph_.mutable_node());
    if (node == nullptr) return;
    auto* attribute = any(node->mutable_attribute());
    if (attribute == nullptr) return add_attribute(*node);
    if (below(12) == 0) {
      node->mutable_attribute()->RemoveLast();
    } else if (attribute->ints_size() > 0) {
      change_numbers(*attribute->mutable_ints());
    } else if (attribute->has_i()) {
      attribute->set_i(number());
    } else if (attribute->has_f()) {
      attribute->set_f(real());
    } else if (attribute->floats_size() > 0) {
      attribute->set_floats(0, real());
    } else if (attribute->has_s()) {
      attribute->set_s(kTexts[below(kTexts.size())]);
    } else if (attribute->has_t()) {
      change(*attribute->mutable_t());
    } else {
      attribute->set_type(static_cast<Attribute::AttributeType>(below(12)));
    }
  }
  void add_attribute() {
    if (auto* node = any(graph_.mutable_node())) add_attribute(*node);
  }
  void add_attribute(wire::NodeProto& node) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(kAttributes[below(kAttributes.size())]);
    switch (below(4)) {
      case 0:
        attribute.set_type(Attribute::INT);
        attribute.set_i(number());
        return;
      case 1:
        attribute.set_type(Attribute::INTS);
        for (std::size_t i = below(5); i > 0; --i) attribute.add_ints(number());
        return;
      case 2:
        attribute.set_type(Attribute::FLOAT);
        attribute.set_f(real());
        return;
      default: attribute.set_type(Attribute::STRING); attribute.set_s(kTexts[below(kTexts.size())]);
    }
  }

  void change_tensor() {
    if (auto* tensor = any(graph_.mutable_initializer())) change(*tensor);
  }
  void change(wire::TensorProto& tensor) {
    switch (below(6)) {
      case 0: return change_numbers(*tensor.mutable_dims());
      case 1: return tensor.set_data_type(static_cast<int>(below(18)));
      case 2: return set_shape(tensor);
      case 3:
        if (tensor.int64_data_size() > 0) return change_numbers(*tensor.mutable_int64_data());
        [[fallthrough]];
      default: break;
    }
    std::string& raw = *tensor.mutable_raw_data();
    if (raw.size() >= 8 && below(2) == 0) {  // A whole number, or two floats, at a whole place.
      const std::int64_t value = number();
      std::memcpy(raw.data() + below(raw.size() / 8) * 8, &value, sizeof value);
    } else if (raw.size() >= 4) {
      const float value = real();
      std::memcpy(raw.data() + below(raw.size() / 4) * 4, &value, sizeof value);
    }
  }
  // Small dims, and just as many bytes as they need.
  void set_shape(wire::TensorProto& tensor) {
    tensor.clear_dims();
    std::size_t elements = 1;
    for (std::size_t rank = below(5); rank > 0; --rank) {
      const std::size_t dim = below(8) == 0 ? 0 : 1 + below(4);
      tensor.add_dims(static_cast<std::int64_t>(dim));
      elements *= dim;
    }
    tensor.clear_int64_data();
    tensor.clear_float_data();
    const std::size_t size = tensor.data_type() == wire::TensorProto::INT64    ? 8
                             : tensor.data_type() == wire::TensorProto::DOUBLE ? 8
                             : tensor.data_type() == wire::TensorProto::BOOL   ? 1
                                                                               : 4;
    tensor.mutable_raw_data()->resize(elements * size, static_cast<char>(below(2)));
  }
  void add_tensor() {
    auto& tensor = *graph_.add_initializer();
    tensor.set_name(new_name());
    if (below(2) == 0) {
      tensor.set_data_type(wire::TensorProto::INT64);
      const std::size_t count = 1 + below(4);
      tensor.add_dims(static_cast<std::int64_t>(count));
      for (std::size_t i = 0; i < count; ++i) tensor.add_int64_data(number());
    } else {
      tensor.set_data_type(wire::TensorProto::FLOAT);
      set_shape(tensor);
    }
    auto* node = any(graph_.mutable_node());
    if (node != nullptr && node->input_size() > 0 && below(2) == 0) {
      node->set_input(node->input_size() - 1, tensor.name());
    } else if (node != nullptr) {
      node->add_input(tensor.name());
    }
  }
  void change_input() {
    auto* input = any(graph_.mutable_input());
    if (input == nullptr) return;
    auto& type = *input->mutable_type()->mutable_tensor_type();
    auto* dim = any(type.mutable_shape()->mutable_dim());
    if (below(6) == 0) {
      type.set_elem_type(static_cast<int>(1 + below(16)));
    } else if (dim == nullptr || below(6) == 0) {
      type.mutable_shape()->add_dim()->set_dim_value(static_cast<std::int64_t>(below(5)));
    } else if (below(8) == 0) {
      type.mutable_shape()->mutable_dim()->RemoveLast();
    } else {
      dim->set_dim_value(number());
    }
  }
  void add_output() {
    if (graph_.output_size() > 4) graph_.mutable_output()->RemoveLast();
    graph_.add_output()->set_name(any_value());
  }
  void change_opset() {
    if (auto* opset = any(model_.mutable_opset_import())) {
      opset->set_version(static_cast<std::int64_t>(1 + below(26)));
    }
  }
  // A node becomes a function of its own, or the branch of an If.
  void wrap() {
    auto* node = any(graph_.mutable_node());
    if (node == nullptr) return;
    const wire::NodeProto inner = *node;
    if (below(2) == 0) {
      auto& function = *model_.add_functions();
      function.set_name("F" + std::to_string(below(4)));
      function.set_domain("f");
      for (const auto& name : inner.input()) function.add_input(name);
      for (const auto& name : inner.output()) function.add_output(name);
      *function.add_node() = inner;
      if (below(4) == 0) *function.add_node() = *node;
      node->set_op_type(function.name());
      node->set_domain("f");
      return;
    }
    wire::TensorProto& condition = *graph_.add_initializer();
    condition.set_name(new_name());
    condition.set_data_type(wire::TensorProto::BOOL);
    condition.set_raw_data(std::string(1, static_cast<char>(below(2))));
    node->Clear();
    node->set_op_type("If");
    node->add_input(condition.name());
    for (const char* const name : {"then_branch", "else_branch"}) {
      auto& attribute = *node->add_attribute();
      attribute.set_name(name);
      attribute.set_type(Attribute::GRAPH);
      *attribute.mutable_g()->add_node() = inner;
      for (const auto& output : inner.output())
        attribute.mutable_g()->add_output()->set_name(output);
    }
    for (const auto& output : inner.output()) node->add_output(output);
  }

  Model& model_;
  wire::GraphProto& graph_;
  std::minstd_rand random_;
};

std::size_t store(const Model& model, std::uint8_t* data, std::size_t max_size) {
  const std::string bytes = model.SerializePartialAsString();
  if (bytes.size() > max_size) return 0;
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

}  // namespace
}  // namespace colonnade::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  using namespace colonnade::fuzz;
  Model model;
  const bool whole = model.ParsePartialFromArray(data, static_cast<int>(size));
  if (!whole || seed % 20 == 0) return LLVMFuzzerMutate(data, size, max_size);
  Mutator(model, seed).run();
  const std::size_t stored = store(model, data, max_size);
  return stored > 0 ? stored : LLVMFuzzerMutate(data, size, max_size);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t a_size,
                                                 const std::uint8_t* b, std::size_t b_size,
                                                 std::uint8_t* out, std::size_t max_size,
                                                 unsigned seed) {
  using namespace colonnade::fuzz;
  Model first, second;
  if (!first.ParsePartialFromArray(a, static_cast<int>(a_size)) ||
      !second.ParsePartialFromArray(b, static_cast<int>(b_size))) {
    return 0;
  }
  Mutator(first, seed).join(second);
  return store(first, out, max_size);
}
