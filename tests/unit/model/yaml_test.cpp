#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <locale>

#include "graphs.hpp"
#include "model/enum_names.hpp"
#include "model/keys.hpp"
#include "model/sensor_yaml.hpp"
#include "model/yaml_tree.hpp"
#include "scratch.hpp"

namespace colonnade {
namespace {

using namespace test;  // NOLINT: graphs and files are this file's vocabulary.

ModelSpec spec_of(const std::string& preset) {
  if (preset == "smallmunich-car" || preset == "autoware-car") {
    return import_preset(preset, std::vector<GraphFile>{{"pfe.onnx", smallmunich_pfe()},
                                                        {"mfn.onnx", smallmunich_mfn()},
                                                        {"rpn.onnx", smallmunich_rpn()}});
  }
  if (preset == "openpcdet-nuscenes-multihead") {
    return import_preset(
        preset, std::vector<GraphFile>{{"pfe.onnx", hova88_pfe()}, {"bb.onnx", hova88_backbone()}});
  }
  if (preset == "mmdet3d-kitti") {
    return import_preset(preset, std::vector<GraphFile>{{"end2end.onnx", mmdet3d_graph()}});
  }
  if (preset == "zhulf-kitti") {
    return import_preset(preset, std::vector<GraphFile>{{"model.onnx", zhulf_graph()}});
  }
  return import_preset(preset,
                       std::vector<GraphFile>{{"pointpillar.onnx", cuda_pointpillars_graph()}});
}

std::string text_of(const std::string& preset) {
  const std::string path = scratch("text.yaml");
  write_model_yaml(spec_of(preset), path);
  return slurp(path);
}

/// `text` with its first `from` made `to`.
std::string edited(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

int line_of(const std::string& text, const std::string& part) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find(part));
  return static_cast<int>(std::count(text.begin(), end, '\n')) + 1;
}

/// The error's text without the folder; empty: it was read.
std::string refusal(const std::string& text) {
  const std::string path = store("model.yaml", text);
  try {
    read_model_yaml(path);
  } catch (const Error& error) {
    return std::string(error.what()).substr(path.size() - std::string("model.yaml").size());
  }
  return "";
}

std::string sensor_refusal(const std::string& text) {
  const std::string path = store("sensor.yaml", text);
  try {
    read_sensor_yaml(path);
  } catch (const Error& error) {
    return std::string(error.what()).substr(path.size() - std::string("sensor.yaml").size());
  }
  return "";
}

class RoundTrip : public ::testing::TestWithParam<std::string> {};

// Writer, reader, writer: the same text. Every member is in the text (see KeysAreAllWritten), and
// numbers are written in the shortest form that reads back exactly.
TEST_P(RoundTrip, ReadsBackWhatItWrote) {
  const std::string first = scratch("first.yaml"), second = scratch("second.yaml");
  const ModelSpec spec = spec_of(GetParam());
  write_model_yaml(spec, first);
  const ModelSpec read = read_model_yaml(first);
  write_model_yaml(read, second);
  EXPECT_EQ(slurp(first), slurp(second));
  EXPECT_EQ(read.grid.max, spec.grid.max);
  EXPECT_EQ(read.pillars.features, spec.pillars.features);
  EXPECT_EQ(read.post.direction.offset, spec.post.direction.offset);
  EXPECT_EQ(read.post.range_filter.has_value(), spec.post.range_filter.has_value());
  EXPECT_EQ(read.graphs.back().outputs.back().tensor.name,
            spec.graphs.back().outputs.back().tensor.name);
  EXPECT_EQ(read.graphs.back().outputs.back().tensor.position,
            spec.graphs.back().outputs.back().tensor.position);
  EXPECT_EQ(read.directory + "/first.yaml", first);
}

INSTANTIATE_TEST_SUITE_P(Presets, RoundTrip, ::testing::ValuesIn(preset_names()),
                         [](const auto& test_case) {
                           std::string name = test_case.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ModelYaml, KeysAreAllWritten) {
  ModelSpec noted = spec_of("zhulf-kitti");
  noted.note = "random weights";
  write_model_yaml(noted, scratch("noted.yaml"));
  EXPECT_EQ(read_model_yaml(scratch("noted.yaml")).note, noted.note);
  const std::string text = slurp(scratch("noted.yaml")) + text_of("openpcdet-kitti") +
                           text_of("openpcdet-nuscenes-multihead");
  const auto expect = [&text](const std::vector<std::string_view>& keys) {
    for (const std::string_view key : keys) {
      EXPECT_NE(text.find(std::string(key) + ":"), std::string::npos) << key;
    }
  };
  expect(keys_of<ModelSpec>());
  expect(keys_of<GridSpec>());
  expect(keys_of<PillarSpec>());
  expect(keys_of<GraphSpec>());
  expect(keys_of<OutputBinding>());
  expect(keys_of<HeadSpec>());
  expect(keys_of<AnchorSpec>());
  expect(keys_of<PostSpec>());
  expect(keys_of<NmsSpec>());
  expect(keys_of<DirectionSpec>());
  expect(keys_of<BoxCoding>());
  expect(keys_of<TrainingSensor>());
}

template <typename... Specs>
void expect_documented(const std::string& page) {
  const std::string text = slurp(COLONNADE_SOURCE_DIR "/docs/" + page);
  for (const auto& keys : {keys_of<Specs>()...}) {
    for (const std::string_view key : keys) {
      EXPECT_NE(text.find(fmt::format("`{}`", key)), std::string::npos) << page << ": " << key;
    }
  }
}

template <typename... Enums>
void expect_values_documented() {
  const std::string text = slurp(COLONNADE_SOURCE_DIR "/docs/model_yaml.md");
  const auto expect = [&text](std::string_view name) {
    EXPECT_NE(text.find(fmt::format("`{}`", name)), std::string::npos) << name;
  };
  const auto expect_all = [&expect](const auto& values) {
    for (const auto& entry : values) expect(entry.first);
  };
  (expect_all(EnumNames<Enums>::values), ...);
}

TEST(ModelYaml, EveryKeyAndValueIsDocumented) {
  expect_documented<ModelSpec, GridSpec, PostSpec, RangeFilter, AnchorSpec, PillarSpec, GraphSpec,
                    InputBinding, OutputBinding, BoxCoding, AnchorLayout, HeadSpec, NmsSpec,
                    DirectionSpec, TrainingSensor>("model_yaml.md");
  expect_documented<SensorSpec>("sensor_yaml.md");
  expect_values_documented<PointFeature, PillarOverflow, InputSource, OutputMeaning,
                           AnchorPlacement, AnchorOrder, MapLayout, ZReference, YawConvention,
                           SizeOrder, DirectionKind, Comparison, IouKind, CandidateKind, TopKStage,
                           BoxOrder>();
}

TEST(ModelYaml, AwkwardNamesSurvive) {
  ModelSpec spec = spec_of("smallmunich-car");
  // An output named "184" isn't position 184; "true" isn't a boolean.
  spec.graphs[2].outputs[0].tensor = {"184", -1};
  spec.graphs[2].outputs[1].tensor = {"a \"b\": \\c # d\n\x01", -1};
  spec.name = "true";
  spec.classes = {"person, sitting"};
  const std::string path = scratch("names.yaml");
  write_model_yaml(spec, path);
  const ModelSpec read = read_model_yaml(path);
  EXPECT_EQ(read.graphs[2].outputs[0].tensor.name, "184");
  EXPECT_EQ(read.graphs[2].outputs[1].tensor.name, spec.graphs[2].outputs[1].tensor.name);
  EXPECT_EQ(read.graphs[2].outputs[2].tensor.position, 2);
  EXPECT_EQ(read.name, "true");
  EXPECT_EQ(read.classes[0], "person, sitting");
}

struct GermanNumbers : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(ModelYaml, LocaleDoesNotMatter) {
  const std::string usual = text_of("openpcdet-kitti");
  const std::locale before =
      std::locale::global(std::locale(std::locale::classic(), new GermanNumbers));
  const std::string text = text_of("openpcdet-kitti");
  const std::string message = refusal(text);
  std::locale::global(before);
  EXPECT_EQ(text, usual);
  EXPECT_EQ(message, "");
}

struct Refusal {
  std::string from, to;  ///< Edit of openpcdet-kitti's file.
  std::string message;   ///< Behind "model.yaml:LINE: ".
  std::string at = to;   ///< LINE is the first that holds this.
};

class Refusals : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refusals, NameLineKeyFoundAndExpected) {
  const Refusal& wrong = GetParam();
  const std::string text = edited(text_of("openpcdet-kitti"), wrong.from, wrong.to);
  EXPECT_EQ(refusal(text),
            fmt::format("model.yaml:{}: {}", line_of(text, wrong.at), wrong.message));
}

INSTANTIATE_TEST_SUITE_P(
    ModelYaml, Refusals,
    ::testing::Values(
        Refusal{"max_pillars:", "max_pilars:",
                "pillars.max_pilars: there is no such key, did you mean 'max_pillars'?"},
        Refusal{"cell: [", "xxxxxxxxxxxx: 1\n  cell: [",
                "grid.xxxxxxxxxxxx: there is no such key, expected one of min, max, cell"},
        Refusal{"  max_points: 32", "  max_points: thirty",
                "pillars.max_points: found thirty, expected a whole number from 1 to 65536"},
        Refusal{"max_points: 32", "max_points: 32.5",
                "pillars.max_points: found 32.5, expected a whole number from 1 to 65536"},
        Refusal{"max_points: 32", "max_points: \"32\"",
                "pillars.max_points: found \"32\", expected a whole number from 1 to 65536"},
        Refusal{"max_points: 32", "max_points: 0",
                "pillars.max_points: found 0, expected a whole number from 1 to 65536"},
        Refusal{"max_points: 32", "max_points: 99999999999999999999",
                "pillars.max_points: found 99999999999999999999, expected a whole number from 1 to "
                "65536"},
        Refusal{"max_points: 32", "max_points: [32]",
                "pillars.max_points: found a list of 1, expected a whole number from 1 to 65536"},
        Refusal{"score_threshold: 0.1", "score_threshold: 1,5",
                "post.score_threshold: found 1,5, expected a number from 0 to 1"},
        Refusal{"score_threshold: 0.1", "score_threshold: nan",
                "post.score_threshold: found nan, expected a number from 0 to 1"},
        Refusal{"score_threshold: 0.1", "score_threshold: .inf",
                "post.score_threshold: found .inf, expected a number from 0 to 1"},
        Refusal{"cell: [0.16, 0.16]", "cell: [0.16]",
                "grid.cell: found a list of 1, expected a list of 2, each a number above 0"},
        Refusal{"cell: [0.16, 0.16]", "cell: [0.16, 0]",
                "grid.cell[1]: found 0, expected a number above 0"},
        Refusal{"cell: [0.16, 0.16]", "cell: [0.17, 0.16]",
                "grid.cell[0]: found 0.17, which gives 406.588 cells in x from 0 to 69.12, "
                "expected a size that divides the range"},
        Refusal{"cell: [0.16, 0.16]", "cell: [0.001, 0.001]",
                "grid.cell: found 69120 x 79360 cells, expected at most 67108864"},
        Refusal{"max_points: 32", "max_points: 65536",
                "pillars.max_points: found 65536 for 10000 pillars, expected at most 67108864 "
                "points in all"},
        Refusal{"max: [69.12,", "max: [-1,", "grid.max[0]: found -1, expected more than min's 0"},
        Refusal{"iou: rotated", "iou: rotate",
                "post.nms.iou: found rotate, expected one of rotated, axis_aligned, unrotated"},
        Refusal{"plus_one: false", "plus_one: no",
                "post.nms.plus_one: found no, expected true or false"},
        Refusal{"plus_one: false", "plus_one: true",
                "post.nms.plus_one: found true, expected false unless iou is axis_aligned"},
        Refusal{"version: 1", "version: 2", "version: found 2, expected a whole number equal to 1"},
        Refusal{"labels: [0, 1, 2]", "labels: [0, 1, 3]",
                "heads[0].labels[2]: found 3, expected an index into the 3 classes"},
        Refusal{"labels: [0, 1, 2]", "labels: [0, 1, 1]",
                "heads[0].labels[2]: found 1 twice, expected each class once"},
        Refusal{"features: [x, y,", "features: [x, x,",
                "pillars.features[1]: found a feature twice, expected each once"},
        Refusal{"features: [x,", "features: [r,",
                "pillars.features[0]: found r, expected one of x, y, z, intensity, dt, mean_dx, "
                "mean_dy, mean_dz, center_dx, center_dy, center_dz"},
        Refusal{"map_width: 216", "map_width: 217",
                "heads[0].map_width: found 217, expected a divisor of the grid's 432 columns"},
        Refusal{"meaning: box_codes", "meaning: class_scores",
                "graphs: found 2 outputs of class_scores for head 0, expected 1", "graphs:"},
        Refusal{"{tensor: voxel_idxs", "{tensor:  voxels",
                "graphs[0].inputs[1].tensor: found the same tensor as graphs[0].inputs[0], "
                "expected each once"},
        Refusal{"meaning: box_codes", "meaning: box_codes, head: 1",
                "graphs[0].outputs[1].head: found 1, expected a head below 1"},
        Refusal{"sweeps: 1", "sweeps: 1\nsweeps:  1",
                "sweeps: found this key twice, it stands in line 68 already", "sweeps:  1"},
        Refusal{"sweeps: 1", "sweeps: &a 1", "found an anchor (&name), expected plain values"},
        Refusal{"sweeps: 1", "sweeps: *a", "it isn't YAML: the referenced anchor is not defined"},
        Refusal{"sweeps: 1", "sweeps: !!int 1",
                "found the tag tag:yaml.org,2002:int, expected plain values"},
        Refusal{"sweeps: 1", "sweeps:",
                "sweeps: found nothing, expected a whole number from 1 to "
                "1000"}));

TEST(ModelYaml, BoundsTheScoresOfAllAnchors) {
  std::string rotations = "rotations: [0";
  for (int i = 0; i < 500; ++i) rotations += ", 1";
  const std::string text = edited(text_of("openpcdet-kitti"), "rotations: [0, 1.57", rotations);
  EXPECT_NE(refusal(text).find("scores up to this head, expected at most"), std::string::npos)
      << refusal(text);
}

TEST(ModelYaml, MissingKeyGivesTheMappingsLine) {
  std::string text = text_of("openpcdet-kitti");
  const std::size_t at = text.find("  cell: [");
  text.erase(at, text.find('\n', at) + 1 - at);
  EXPECT_EQ(
      refusal(text),
      fmt::format("model.yaml:{}: grid.cell: the key is missing, expected a list of 2, each a "
                  "number above 0",
                  line_of(text, "grid:")));
}

TEST(ModelYaml, NotYaml) {
  EXPECT_EQ(refusal(""), "model.yaml: holds nothing; expected a YAML file's keys");
  EXPECT_EQ(refusal("- 1\n"), "model.yaml:1: found a list of 1, expected a mapping");
  EXPECT_NE(refusal("a: [1, 2\nb: 3\n").find("it isn't YAML"), std::string::npos);
  EXPECT_NE(refusal(text_of("openpcdet-kitti") + "---\na: 1\n").find("a second document"),
            std::string::npos);
  EXPECT_NE(
      refusal(std::string(100, '[') + std::string(100, ']')).find("nested deeper than 32 levels"),
      std::string::npos);
  EXPECT_NE(refusal(std::string(kMaxYamlBytes, '[')), "");
  EXPECT_NE(refusal(std::string(kMaxYamlBytes + 1, '#')).find("expected at most 1048576"),
            std::string::npos);
  EXPECT_NE(refusal(std::string("\0\1\xff", 3)).find("isn't text"), std::string::npos);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += fmt::format("k{}: 1\n", i);
  EXPECT_NE(refusal(many).find("more than 4096 keys"), std::string::npos);
  EXPECT_THROW(read_model_yaml(scratch("that_is_not_there.yaml")), Error);
}

TEST(SensorYaml, EverythingButTheVersionHasADefault) {
  const SensorSpec spec = read_sensor_yaml(store("sensor.yaml", "version: 1\n"));
  EXPECT_EQ(spec.intensity_field, "intensity");
  EXPECT_EQ(spec.rotation[4], 1.0);
  EXPECT_FALSE(spec.self_box);
}

TEST(SensorYaml, ReadsAllKeys) {
  const SensorSpec spec = read_sensor_yaml(
      store("sensor.yaml",
            "version: 1\nrotation: [0, -1, 0, 1, 0, 0, 0, 0, 1]\ntranslation: [0.5, 0, 1.73]\n"
            "intensity_field: reflectivity\nintensity_scale: 0.00392156862745098\n"
            "intensity_clamp: [0, .inf]\nself_box:\n  min: [-2, -1, -2]\n  max: [2, 1, 1]\n"
            "drop_zero_returns: true\n"));
  EXPECT_EQ(spec.rotation[1], -1.0);
  EXPECT_EQ(spec.translation[2], 1.73);
  EXPECT_EQ(spec.intensity_field, "reflectivity");
  EXPECT_EQ(spec.intensity_clamp[1], std::numeric_limits<float>::infinity());
  ASSERT_TRUE(spec.self_box);
  EXPECT_EQ(spec.self_box->max[0], 2.0F);
  EXPECT_TRUE(spec.drop_zero_returns);
}

TEST(SensorYaml, WritesWhatDiffersFromTheDefaultBelowItsReasons) {
  EXPECT_EQ(sensor_yaml(SensorSpec{}, {}), "version: 1\n");
  SensorSpec spec;
  spec.rotation = {0, 0, 1, -1, 0, 0, 0, -1, 0};
  spec.translation = {0.1, 0, -1.25};
  spec.intensity_field = "true";
  spec.intensity_scale = 1 / 255.0F;
  spec.intensity_clamp = {0, std::numeric_limits<float>::infinity()};
  spec.self_box = SensorSpec::SelfBox{{-1, -2, -3}, {1, 2, 3.5F}};
  spec.drop_zero_returns = true;
  const std::vector<KeyComment> comments{
      {"rotation", "-y is up"}, {"rotation", "and tilted"}, {"drop_zero_returns", "500 of them"}};
  const std::string text = sensor_yaml(spec, comments);
  EXPECT_NE(text.find("# -y is up\n# and tilted\nrotation: [0, 0, 1, -1, 0, 0, 0, -1, 0]\n"),
            std::string::npos)
      << text;
  std::ofstream(scratch("written.yaml")) << text;
  const SensorSpec read = read_sensor_yaml(scratch("written.yaml"));
  EXPECT_EQ(sensor_yaml(read, comments), text);
  EXPECT_EQ(read.intensity_scale, spec.intensity_scale);
  EXPECT_EQ(read.intensity_field, "true");
  ASSERT_TRUE(read.self_box);
  EXPECT_EQ(read.self_box->max, spec.self_box->max);
}

TEST(SensorYaml, RefusesWhatIsNoRigidTransform) {
  EXPECT_EQ(sensor_refusal("version: 1\nrotation: [2, 0, 0, 0, 1, 0, 0, 0, 1]\n"),
            "sensor.yaml:2: rotation: found rows 0 and 0 whose product is 4, expected 1");
  EXPECT_EQ(sensor_refusal("version: 1\nrotation: [-1, 0, 0, 0, 1, 0, 0, 0, 1]\n"),
            "sensor.yaml:2: rotation: found a reflection, expected a rotation (determinant 1)");
  EXPECT_EQ(sensor_refusal("version: 1\nself_box:\n  min: [0, 0, 0]\n  max: [1, 0, 1]\n"),
            "sensor.yaml:4: self_box.max[1]: found 0, expected more than min's 0");
  EXPECT_EQ(sensor_refusal("version: 1\nintensity_clamp: [1, 0]\n"),
            "sensor.yaml:2: intensity_clamp: found 1 above 0, expected the lower bound first");
  EXPECT_EQ(sensor_refusal("translation: [0, 0, 0]\n"),
            "sensor.yaml:1: version: the key is missing, expected a whole number equal to 1");
}

}  // namespace
}  // namespace colonnade
