// Chains of operators: layouts, fusions, slices of joined maps, views, canvases.
#include "graphs.hpp"

namespace colonnade::cpu {
namespace {

op::Window square(std::int64_t stride, std::int64_t pad) {
  op::Window w;
  w.strides = {stride, stride};
  w.pads = {pad, pad, pad, pad};
  return w;
}

// An RPN in small, as SmallMunich exports it: Pad before each block, BatchNorm left behind the
// transposed convolutions, three scales joined, heads transposed to NHWC.
GraphBuilder small_rpn() {
  GraphBuilder b;
  const auto block = [&](ValueId x, std::int64_t in, std::int64_t out) {
    const ValueId padded = b.add(op::Pad{}, {x, b.ints({0, 0, 1, 1, 0, 0, 1, 1})});
    const ValueId first = b.relu(b.conv(padded, {out, in, 3, 3}, square(2, 0)));
    return b.relu(b.batch_norm(b.conv(first, {out, out, 3, 3}, square(1, 1), 1, false), out));
  };
  const auto up = [&](ValueId x, std::int64_t in, std::int64_t k) {
    return b.relu(b.batch_norm(b.conv_transpose(x, {in, 12, k, k}, square(k, 0)), 12));
  };
  const ValueId x = b.input({1, 8, 24, 40});
  const ValueId one = block(x, 8, 16), two = block(one, 16, 20), three = block(two, 20, 33);
  const ValueId joined = b.add(op::Concat{1}, {up(one, 16, 1), up(two, 20, 2), up(three, 33, 4)});
  b.output(b.transpose(b.conv(joined, {14, 36, 1, 1}), {0, 2, 3, 1}));
  b.output(b.sigmoid(b.transpose(b.conv(joined, {2, 36, 1, 1}), {0, 2, 3, 1})));
  b.output(b.conv(joined, {4, 36, 1, 1}));
  return b;
}

TEST(Network, SmallRpn) {
  GraphBuilder b = small_rpn();
  expect_like_reference(b.graph, {b.random({1, 8, 24, 40})});
}

TEST(Network, JoinedMapsThatOthersReadToo) {
  GraphBuilder b;
  const ValueId x = b.input({1, 3, 6, 5});
  const ValueId left = b.relu(b.conv(x, {7, 3, 3, 3}, square(1, 1)));
  const ValueId right = b.conv(x, {5, 3, 1, 1});
  const ValueId joined = b.add(op::Concat{1}, {left, x, right, left});
  const ValueId nested = b.add(op::Concat{1}, {joined, b.conv(joined, {2, 22, 1, 1})});
  b.output(nested);
  b.output(left);
  b.output(b.conv(left, {3, 7, 3, 3}, square(2, 1)));
  b.output(b.add(op::Binary{op::BinaryKind::mul}, {right, right}));
  expect_like_reference(b.graph, {b.random({1, 3, 6, 5})});
}

TEST(Network, PadsThatAreNotTheConvolutions) {
  GraphBuilder b;
  const ValueId x = b.input({1, 3, 6, 5});
  const ValueId one = b.constant(Tensor::scalar<float>(1));
  const ValueId ones = b.add(op::Pad{}, {x, b.ints({0, 0, 1, 1, 0, 0, 1, 1}), one});
  b.output(b.conv(ones, {4, 3, 3, 3}, square(1, 0)));
  const ValueId cropped = b.add(op::Pad{}, {x, b.ints({0, 0, -1, 0, 0, 0, 0, 2})});
  b.output(b.conv(cropped, {4, 3, 3, 3}, square(1, 0)));
  const ValueId channels = b.add(op::Pad{}, {x, b.ints({0, 1, 0, 0, 0, 0, 0, 0})});
  b.output(b.conv(channels, {4, 4, 3, 3}, square(1, 1)));
  expect_like_reference(b.graph, {b.random({1, 3, 6, 5})});
}

TEST(Network, BatchNormAlone) {
  GraphBuilder b;
  const ValueId x = b.input({2, 5, 4, 3});
  b.output(b.batch_norm(x, 5));
  const ValueId conv = b.conv(x, {6, 5, 1, 1});
  b.output(conv);  // Seen outside: its BatchNorm can't go into it.
  b.output(b.relu(b.batch_norm(conv, 6)));
  expect_like_reference(b.graph, {b.random({2, 5, 4, 3})});
}

// OpenPCDet's PFN, as NVIDIA simplifies it (rows) and as hova88 exports it (two transpositions).
TEST(Network, PillarFeatureNets) {
  GraphBuilder b;
  const ValueId x = b.input({13, 20, 11});
  const ValueId weights = b.constant(b.random({11, 64}));
  const ValueId rows = b.add(op::Reshape{}, {x, b.ints({-1, 11})});
  const ValueId normed = b.relu(b.batch_norm(b.add(op::MatMul{}, {rows, weights}), 64));
  const ValueId grouped = b.add(op::Reshape{}, {normed, b.ints({-1, 20, 64})});
  b.output(b.add(op::Reduce{op::ReduceKind::max, false}, {grouped, b.ints({1})}));

  const ValueId product = b.add(op::MatMul{}, {x, weights});
  const ValueId turned = b.batch_norm(b.transpose(product, {0, 2, 1}), 64);
  const ValueId back = b.relu(b.transpose(turned, {0, 2, 1}));
  b.output(b.add(op::Reduce{op::ReduceKind::max, true}, {back, b.ints({1})}));

  // zhulf0804: channels first, one convolution, the maximum over the last axis.
  const ValueId first = b.relu(b.conv(b.transpose(x, {0, 2, 1}), {64, 11, 1}));
  b.output(b.add(op::Reduce{op::ReduceKind::max, false}, {first, b.ints({-1})}));
  b.output(b.add(op::Reduce{op::ReduceKind::max, true}, {first, b.ints({2})}));
  b.output(b.add(op::Reduce{op::ReduceKind::max, true}, {first, b.ints({1})}));
  expect_like_reference(b.graph, {b.random({13, 20, 11})});
}

TEST(Network, GemmAndLinearWithBias) {
  GraphBuilder b;
  const ValueId x = b.input({9, 10});
  const ValueId weights = b.constant(b.random({33, 10})), bias = b.constant(b.random({33}));
  b.output(b.add(op::Gemm{1, 1, false, true}, {x, weights, bias}));
  b.output(b.add(op::Gemm{2, 1, false, true}, {x, weights, bias}));
  const ValueId square_weights = b.constant(b.random({10, 10}));
  const ValueId product = b.add(op::MatMul{}, {x, square_weights});
  b.output(b.relu(b.add(op::Binary{op::BinaryKind::add}, {b.constant(b.random({10})), product})));
  b.output(b.add(op::MatMul{}, {x, b.transpose(x, {1, 0})}));
  expect_like_reference(b.graph, {b.random({9, 10})});
}

// The heads of the six-headed nuScenes network: reshaped maps, split codes, decoding in the graph.
TEST(Network, ViewsAndBroadcasts) {
  GraphBuilder b;
  const ValueId x = b.input({1, 6, 5, 4});
  const ValueId conv = b.conv(x, {20, 6, 3, 3}, square(1, 1));
  const ValueId five = b.add(op::Reshape{}, {conv, b.ints({-1, 2, 10, 5, 4})});
  const ValueId turned = b.transpose(five, {0, 1, 3, 4, 2});
  const ValueId rows = b.add(op::Reshape{}, {turned, b.ints({1, -1, 10})});
  b.output(rows);
  const std::vector<ValueId> codes = b.add(op::Split{-1}, {rows, b.ints({1, 2, 7})}, 3);
  const ValueId anchors = b.constant(b.random({1, 40, 1}, 0.5f, 2));
  const ValueId scaled = b.add(op::Binary{op::BinaryKind::mul}, {codes[1], anchors});
  const ValueId grown = b.add(op::Unary{op::UnaryKind::exp}, {codes[0]});
  b.output(b.add(op::Binary{op::BinaryKind::div}, {scaled, grown}));
  b.output(b.add(op::Slice{}, {codes[2], b.ints({5, 39}), b.ints({0, INT64_MIN}), b.ints({2, 1}),
                               b.ints({-2, -3})}));
  b.output(b.add(op::Expand{}, {grown, b.ints({3, 40, 4})}));
  const ValueId channel = b.constant(b.random({6, 1, 1}));
  const ValueId shifted = b.add(op::Binary{op::BinaryKind::sub}, {channel, x});
  b.output(b.add(op::Binary{op::BinaryKind::add}, {b.conv(shifted, {6, 6, 1, 1}), x}));
  expect_like_reference(b.graph, {b.random({1, 6, 5, 4})});
}

TEST(Network, UnfusedOperatorsGoToTheReference) {
  GraphBuilder b;
  const ValueId x = b.input({1, 4, 8, 6});
  const ValueId conv = b.conv(x, {8, 4, 3, 3}, square(1, 1));
  op::MaxPool pool;
  pool.window = square(2, 0);
  pool.window.kernel = {2, 2};
  const ValueId pooled = b.add(pool, {conv});
  b.output(b.add(op::LeakyRelu{0.1f}, {pooled}));
  b.output(b.add(op::Softmax{1}, {pooled}));
  b.output(b.add(op::Reduce{op::ReduceKind::mean, true}, {conv, b.ints({2, 3})}));
  expect_like_reference(b.graph, {b.random({1, 4, 8, 6})});
}

// The parts that nobody wants still take their share.
TEST(Network, SplitWithoutItsFirstPart) {
  for (const bool sized : {true, false}) {
    GraphBuilder b;
    std::vector<ValueId> inputs{b.input({6, 2})};
    if (sized) inputs.push_back(b.ints({1, 3, 2}));
    const std::vector<ValueId> parts = b.add(op::Split{0}, inputs, 3);
    b.graph.nodes.back().outputs[0] = kNoValue;
    b.output(parts[1]);
    b.output(parts[2]);
    expect_like_reference(b.graph, {b.random({6, 2})});
  }
}

TEST(Network, OutputsThatAreInputsOrConstants) {
  GraphBuilder b;
  const ValueId x = b.input({1, 3, 2, 2});
  b.output(x);
  b.output(b.constant(b.random({3})));
  b.output(b.transpose(x, {0, 2, 3, 1}));
  b.output(x);
  expect_like_reference(b.graph, {b.random({1, 3, 2, 2})});
}

TEST(Network, NoElements) {
  GraphBuilder b;
  const ValueId x = b.input({kUnknownDim, 9, 4});
  const ValueId y = b.relu(b.conv(x, {8, 9, 1}));
  b.output(b.add(op::Reduce{op::ReduceKind::max, false}, {y, b.ints({2})}));
  expect_like_reference(b.graph, {b.random({0, 9, 4})});
}

}  // namespace
}  // namespace colonnade::cpu
