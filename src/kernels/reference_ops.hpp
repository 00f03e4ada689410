// Every operator's type rule and computation, by family. kernels/<family>/reference*.cpp defines
// them; kernels/reference.cpp is their only caller. Contracts as in kernels/reference.hpp.
#pragma once

#include <span>
#include <vector>

#include "graph/ops.hpp"
#include "kernels/reference.hpp"

namespace colonnade::reference {

using Types = std::vector<TypeInfo>;
using InferInputs = std::span<const TypeInfo>;
using In = std::span<const ConstTensorView>;
using Out = std::span<const TensorView>;

// kernels/elementwise
Types infer(const op::Unary& op, InferInputs in, std::size_t outputs);
void compute(const op::Unary& op, In in, Out out);
Types infer(const op::LeakyRelu& op, InferInputs in, std::size_t outputs);
void compute(const op::LeakyRelu& op, In in, Out out);
Types infer(const op::Elu& op, InferInputs in, std::size_t outputs);
void compute(const op::Elu& op, In in, Out out);
Types infer(const op::HardSigmoid& op, InferInputs in, std::size_t outputs);
void compute(const op::HardSigmoid& op, In in, Out out);
Types infer(const op::Clip& op, InferInputs in, std::size_t outputs);
void compute(const op::Clip& op, In in, Out out);
Types infer(const op::Binary& op, InferInputs in, std::size_t outputs);
void compute(const op::Binary& op, In in, Out out);
Types infer(const op::Variadic& op, InferInputs in, std::size_t outputs);
void compute(const op::Variadic& op, In in, Out out);
Types infer(const op::Where& op, InferInputs in, std::size_t outputs);
void compute(const op::Where& op, In in, Out out);
Types infer(const op::Cast& op, InferInputs in, std::size_t outputs);
void compute(const op::Cast& op, In in, Out out);
Types infer(const op::Dropout& op, InferInputs in, std::size_t outputs);
void compute(const op::Dropout& op, In in, Out out);

// kernels/shape
Types infer(const op::ShapeOf& op, InferInputs in, std::size_t outputs);
void compute(const op::ShapeOf& op, In in, Out out);
Types infer(const op::Size& op, InferInputs in, std::size_t outputs);
void compute(const op::Size& op, In in, Out out);
Types infer(const op::Reshape& op, InferInputs in, std::size_t outputs);
void compute(const op::Reshape& op, In in, Out out);
Types infer(const op::Flatten& op, InferInputs in, std::size_t outputs);
void compute(const op::Flatten& op, In in, Out out);
Types infer(const op::Squeeze& op, InferInputs in, std::size_t outputs);
void compute(const op::Squeeze& op, In in, Out out);
Types infer(const op::Unsqueeze& op, InferInputs in, std::size_t outputs);
void compute(const op::Unsqueeze& op, In in, Out out);
Types infer(const op::Transpose& op, InferInputs in, std::size_t outputs);
void compute(const op::Transpose& op, In in, Out out);
Types infer(const op::Concat& op, InferInputs in, std::size_t outputs);
void compute(const op::Concat& op, In in, Out out);
Types infer(const op::Split& op, InferInputs in, std::size_t outputs);
void compute(const op::Split& op, In in, Out out);
Types infer(const op::Slice& op, InferInputs in, std::size_t outputs);
void compute(const op::Slice& op, In in, Out out);
Types infer(const op::Expand& op, InferInputs in, std::size_t outputs);
void compute(const op::Expand& op, In in, Out out);
Types infer(const op::Tile& op, InferInputs in, std::size_t outputs);
void compute(const op::Tile& op, In in, Out out);
Types infer(const op::Pad& op, InferInputs in, std::size_t outputs);
void compute(const op::Pad& op, In in, Out out);
Types infer(const op::Range& op, InferInputs in, std::size_t outputs);
void compute(const op::Range& op, In in, Out out);
Types infer(const op::ConstantOfShape& op, InferInputs in, std::size_t outputs);
void compute(const op::ConstantOfShape& op, In in, Out out);

// kernels/index
Types infer(const op::Gather& op, InferInputs in, std::size_t outputs);
void compute(const op::Gather& op, In in, Out out);
Types infer(const op::GatherElements& op, InferInputs in, std::size_t outputs);
void compute(const op::GatherElements& op, In in, Out out);
Types infer(const op::GatherND& op, InferInputs in, std::size_t outputs);
void compute(const op::GatherND& op, In in, Out out);
Types infer(const op::ScatterElements& op, InferInputs in, std::size_t outputs);
void compute(const op::ScatterElements& op, In in, Out out);
Types infer(const op::ScatterND& op, InferInputs in, std::size_t outputs);
void compute(const op::ScatterND& op, In in, Out out);
Types infer(const op::NonZero& op, InferInputs in, std::size_t outputs);
void compute(const op::NonZero& op, In in, Out out);

// kernels/reduce
Types infer(const op::CumSum& op, InferInputs in, std::size_t outputs);
void compute(const op::CumSum& op, In in, Out out);
Types infer(const op::Reduce& op, InferInputs in, std::size_t outputs);
void compute(const op::Reduce& op, In in, Out out);
Types infer(const op::ArgReduce& op, InferInputs in, std::size_t outputs);
void compute(const op::ArgReduce& op, In in, Out out);
Types infer(const op::TopK& op, InferInputs in, std::size_t outputs);
void compute(const op::TopK& op, In in, Out out);
Types infer(const op::Softmax& op, InferInputs in, std::size_t outputs);
void compute(const op::Softmax& op, In in, Out out);

// kernels/conv
Types infer(const op::BatchNorm& op, InferInputs in, std::size_t outputs);
void compute(const op::BatchNorm& op, In in, Out out);
Types infer(const op::Conv& op, InferInputs in, std::size_t outputs);
void compute(const op::Conv& op, In in, Out out);
Types infer(const op::ConvTranspose& op, InferInputs in, std::size_t outputs);
void compute(const op::ConvTranspose& op, In in, Out out);

// kernels/matmul
Types infer(const op::MatMul& op, InferInputs in, std::size_t outputs);
void compute(const op::MatMul& op, In in, Out out);
Types infer(const op::Gemm& op, InferInputs in, std::size_t outputs);
void compute(const op::Gemm& op, In in, Out out);
Types infer(const op::Einsum& op, InferInputs in, std::size_t outputs);
void compute(const op::Einsum& op, In in, Out out);

// kernels/pool
Types infer(const op::MaxPool& op, InferInputs in, std::size_t outputs);
void compute(const op::MaxPool& op, In in, Out out);
Types infer(const op::AveragePool& op, InferInputs in, std::size_t outputs);
void compute(const op::AveragePool& op, In in, Out out);
Types infer(const op::GlobalPool& op, InferInputs in, std::size_t outputs);
void compute(const op::GlobalPool& op, In in, Out out);

// kernels/resize
Types infer(const op::Resize& op, InferInputs in, std::size_t outputs);
void compute(const op::Resize& op, In in, Out out);

// kernels/quantize
Types infer(const op::QuantizeLinear& op, InferInputs in, std::size_t outputs);
void compute(const op::QuantizeLinear& op, In in, Out out);
Types infer(const op::DequantizeLinear& op, InferInputs in, std::size_t outputs);
void compute(const op::DequantizeLinear& op, In in, Out out);
Types infer(const op::DynamicQuantizeLinear& op, InferInputs in, std::size_t outputs);
void compute(const op::DynamicQuantizeLinear& op, In in, Out out);
Types infer(const op::QLinearConv& op, InferInputs in, std::size_t outputs);
void compute(const op::QLinearConv& op, In in, Out out);

// kernels/pillar_scatter
Types infer(const op::PillarScatter& op, InferInputs in, std::size_t outputs);
void compute(const op::PillarScatter& op, In in, Out out);

}  // namespace colonnade::reference
