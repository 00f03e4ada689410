// Reading a model that a test wrote.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "colonnade/error.hpp"
#include "model_writer.hpp"
#include "onnx/reader.hpp"

namespace colonnade::test {

inline Graph read(const std::string& bytes, const std::string& directory = {}) {
  return read_onnx(as_bytes(bytes), "m.onnx", directory);
}

/// The message of the Error that reading gives; "" where it gives none.
inline std::string error_of(const std::string& bytes, ErrorCode code,
                            const std::string& directory = {}) {
  try {
    read(bytes, directory);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "the model was read";
  return {};
}

#define EXPECT_CONTAINS(text, part)                                                          \
  do {                                                                                       \
    const std::string text_ = (text);                                                        \
    EXPECT_NE(text_.find(part), std::string::npos) << "no '" << (part) << "' in: " << text_; \
  } while (false)

/// A model of opset `version` with one node, inputs x (float [2,3,?]) and the initializers given.
inline std::string one_node(std::int64_t version, const Message& the_node,
                            std::vector<Message> initializers = {},
                            std::vector<Message> outputs = {value("y", kFloat, {})}) {
  return model(
      version,
      {{the_node}, {value("x", kFloat, {2, 3, 0})}, std::move(outputs), std::move(initializers)});
}

template <typename T>
const T& op_of(const Graph& graph, std::size_t index = 0) {
  return std::get<T>(graph.nodes.at(index).op);
}

/// Elements of input `i` of a node; fails unless it's a constant of integers.
inline std::vector<std::int64_t> integers(const Graph& graph, std::size_t i,
                                          std::size_t node_index = 0) {
  const ValueId id = graph.nodes.at(node_index).inputs.at(i);
  const Tensor& constant = graph.values.at(id).constant;
  return constant ? to_int64(constant.view()) : std::vector<std::int64_t>{};
}

}  // namespace colonnade::test
