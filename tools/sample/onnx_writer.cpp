#include "sample/onnx_writer.hpp"

#include "base/file.hpp"

namespace colonnade::sample {
namespace {

void describe(wire::ValueInfoProto& value, const std::string& name,
              wire::TensorProto::DataType type, const Dims& dims) {
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (const std::int64_t d : dims) tensor.mutable_shape()->add_dim()->set_dim_value(d);
}

}  // namespace

OnnxWriter::OnnxWriter(std::int64_t opset) {
  model_.set_ir_version(7);
  model_.set_producer_name("colonnade");
  model_.mutable_graph()->set_name("pointpillars");
  model_.add_opset_import()->set_version(opset);
}

void OnnxWriter::input(const std::string& name, wire::TensorProto::DataType type,
                       const Dims& dims) {
  describe(*model_.mutable_graph()->add_input(), name, type, dims);
}

void OnnxWriter::output(const std::string& name, const Dims& dims) {
  describe(*model_.mutable_graph()->add_output(), name, wire::TensorProto::FLOAT, dims);
}

std::string OnnxWriter::weights(const std::string& name, const Dims& dims,
                                const std::vector<float>& values) {
  wire::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(wire::TensorProto::FLOAT);
  for (const std::int64_t d : dims) tensor.add_dims(d);
  tensor.set_raw_data(values.data(), values.size() * sizeof(float));
  return name;
}

std::string OnnxWriter::shape(const std::string& name, const Dims& values) {
  wire::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(wire::TensorProto::INT64);
  tensor.add_dims(static_cast<std::int64_t>(values.size()));
  for (const std::int64_t v : values) tensor.add_int64_data(v);
  return name;
}

std::string OnnxWriter::node(const std::string& op, const std::vector<std::string>& inputs,
                             const std::string& output, const std::vector<Attribute>& attributes) {
  wire::NodeProto& node = *model_.mutable_graph()->add_node();
  node.set_op_type(op);
  node.set_name(output);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  for (const Attribute& attribute : attributes) {
    wire::AttributeProto& out = *node.add_attribute();
    out.set_name(attribute.name);
    out.set_type(attribute.list ? wire::AttributeProto::INTS : wire::AttributeProto::INT);
    if (!attribute.list) out.set_i(attribute.values[0]);
    if (attribute.list)
      for (const std::int64_t v : attribute.values) out.add_ints(v);
  }
  return output;
}

void OnnxWriter::write(const std::string& path) const {
  write_file(path, model_.SerializeAsString());
}

}  // namespace colonnade::sample
