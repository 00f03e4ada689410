// The last enumerator of each enumeration that a graph holds: what a file's number is held against.
// A new enumerator goes to the end of its enumeration, and in here.
#pragma once

#include "base/dtype.hpp"
#include "graph/ops.hpp"

namespace colonnade {

template <typename E>
inline constexpr E kLast = E::not_listed;  // Does not compile: list it below.

template <>
inline constexpr DType kLast<DType> = DType::boolean;
template <>
inline constexpr op::UnaryKind kLast<op::UnaryKind> = op::UnaryKind::is_nan;
template <>
inline constexpr op::BinaryKind kLast<op::BinaryKind> = op::BinaryKind::logical_xor;
template <>
inline constexpr op::VariadicKind kLast<op::VariadicKind> = op::VariadicKind::mean;
template <>
inline constexpr op::Reduction kLast<op::Reduction> = op::Reduction::max;
template <>
inline constexpr op::PadMode kLast<op::PadMode> = op::PadMode::wrap;
template <>
inline constexpr op::ReduceKind kLast<op::ReduceKind> = op::ReduceKind::log_sum_exp;
template <>
inline constexpr op::AutoPad kLast<op::AutoPad> = op::AutoPad::valid;
template <>
inline constexpr op::ResizeMode kLast<op::ResizeMode> = op::ResizeMode::cubic;
template <>
inline constexpr op::ResizeCoordinates kLast<op::ResizeCoordinates> =
    op::ResizeCoordinates::tf_crop_and_resize;
template <>
inline constexpr op::NearestMode kLast<op::NearestMode> = op::NearestMode::ceil;
template <>
inline constexpr op::AspectPolicy kLast<op::AspectPolicy> = op::AspectPolicy::not_smaller;
template <>
inline constexpr op::PillarScatterForm kLast<op::PillarScatterForm> =
    op::PillarScatterForm::scatter_bev;

}  // namespace colonnade
