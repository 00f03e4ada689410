// Writes ONNX files for tests, field by field, apart from the classes that the reader is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace colonnade::test {

/// A protobuf message under construction.
class Message {
 public:
  Message& number(int field, std::int64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& real(int field, float value) {
    varint(static_cast<std::uint64_t>(field) << 3 | 5);
    char bytes[4];
    std::memcpy(bytes, &value, 4);
    bytes_.append(bytes, 4);
    return *this;
  }
  Message& text(int field, const std::string& value) {
    varint(static_cast<std::uint64_t>(field) << 3 | 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Message& message(int field, const Message& value) { return text(field, value.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

// AttributeProto, with the numbers of its types.
inline Message attribute_int(const std::string& name, std::int64_t value) {
  return Message().text(1, name).number(3, value).number(20, 2);
}
inline Message attribute_ints(const std::string& name, std::initializer_list<std::int64_t> values) {
  Message message;
  message.text(1, name).number(20, 7);
  for (const std::int64_t value : values) message.number(8, value);
  return message;
}
inline Message attribute_float(const std::string& name, float value) {
  return Message().text(1, name).real(2, value).number(20, 1);
}
inline Message attribute_floats(const std::string& name, std::initializer_list<float> values) {
  Message message;
  message.text(1, name).number(20, 6);
  for (const float value : values) message.real(7, value);
  return message;
}
inline Message attribute_text(const std::string& name, const std::string& value) {
  return Message().text(1, name).text(4, value).number(20, 3);
}
inline Message attribute_tensor(const std::string& name, const Message& tensor) {
  return Message().text(1, name).message(5, tensor).number(20, 4);
}
inline Message attribute_graph(const std::string& name, const Message& graph) {
  return Message().text(1, name).message(6, graph).number(20, 5);
}
/// Inside a function: the caller's attribute `of`.
inline Message attribute_reference(const std::string& name, const std::string& of) {
  return Message().text(1, name).text(21, of);
}

using Names = std::initializer_list<const char*>;

inline Message node(const std::string& op, Names inputs, Names outputs,
                    std::initializer_list<Message> attributes = {}, const std::string& name = {},
                    const std::string& domain = {}) {
  Message message;
  for (const char* input : inputs) message.text(1, input);
  for (const char* output : outputs) message.text(2, output);
  if (!name.empty()) message.text(3, name);
  message.text(4, op);
  for (const Message& attribute : attributes) message.message(5, attribute);
  if (!domain.empty()) message.text(7, domain);
  return message;
}

// TensorProto.DataType.
enum Type { kFloat = 1, kUint8 = 2, kInt32 = 6, kInt64 = 7, kString = 8, kBool = 9, kHalf = 10 };

inline Message tensor(const std::string& name, int type, std::initializer_list<std::int64_t> dims) {
  Message message;
  for (const std::int64_t dim : dims) message.number(1, dim);
  return message.number(2, type).text(8, name);
}
template <typename T>
Message raw_tensor(const std::string& name, int type, std::initializer_list<std::int64_t> dims,
                   std::vector<T> values) {
  return tensor(name, type, dims)
      .text(9, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

/// ValueInfoProto; a dim of 0 is left without a number.
inline Message value(const std::string& name, int type, std::initializer_list<std::int64_t> dims) {
  Message shape;
  for (const std::int64_t dim : dims) {
    Message dimension;
    if (dim == 0) dimension.text(2, "N");
    if (dim != 0) dimension.number(1, dim);
    shape.message(1, dimension);
  }
  return Message().text(1, name).message(
      2, Message().message(1, Message().number(1, type).message(2, shape)));
}

struct GraphParts {
  std::vector<Message> nodes, inputs, outputs, initializers;
};

inline Message graph(const GraphParts& parts) {
  Message message;
  for (const Message& m : parts.nodes) message.message(1, m);
  message.text(2, "g");
  for (const Message& m : parts.initializers) message.message(5, m);
  for (const Message& m : parts.inputs) message.message(11, m);
  for (const Message& m : parts.outputs) message.message(12, m);
  return message;
}

inline Message opset(std::int64_t version, const std::string& domain = {}) {
  return Message().text(1, domain).number(2, version);
}

inline std::string model(std::int64_t version, const GraphParts& parts,
                         const std::vector<Message>& functions = {}, std::int64_t ir = 8) {
  Message message;
  message.number(1, ir).message(7, graph(parts)).message(8, opset(version));
  for (const Message& function : functions) message.message(25, function);
  return message.bytes();
}

inline std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace colonnade::test
