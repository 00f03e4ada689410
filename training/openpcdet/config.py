"""CONFIG.yaml -> settings.Model. What isn't understood is refused by name."""

import pathlib

import yaml

from ..errors import UserError
from ..settings import AnchorKind, Backbone, Grid, Head, Model, PillarFeatureNet, Post

MODULES = {"VFE": "PillarVFE", "MAP_TO_BEV": "PointPillarScatter", "BACKBONE_2D": "BaseBEVBackbone",
           "DENSE_HEAD": "AnchorHeadSingle"}


class Section:
    """A mapping of the config that says where it is."""

    def __init__(self, values, path, file):
        self.values, self.path, self.file = values, path, file

    def fail(self, message):
        raise UserError(f"{self.file}: {self.path or 'top'}: {message}")

    def at(self, key):
        values = self.get(key)
        if not isinstance(values, dict):
            self.fail(f"expected a section '{key}', found {type(values).__name__}")
        return Section(values, f"{self.path}.{key}" if self.path else key, self.file)

    def get(self, key, *default):
        if key in self.values:
            return self.values[key]
        if default:
            return default[0]
        return self.fail(f"expected the key '{key}', which isn't there")

    def numbers(self, key, count=None, default=None):
        found = self.get(key) if default is None else self.get(key, default)
        if not isinstance(found, list) or not all(isinstance(v, (int, float)) for v in found) or (
                count is not None and len(found) != count):
            self.fail(f"{key}: expected {count or 'some'} numbers, found {found}")
        return tuple(found)

    def expect(self, key, wanted, default=None):
        found = self.get(key, default)
        if found != wanted:
            self.fail(f"{key} is {found}, which isn't supported; expected {wanted}")


def merged(base, over):
    """OpenPCDet's merge: sections key by key, everything else replaced."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def read_yaml(path):
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: expected YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(found, dict):
        raise UserError(f"{path}: expected a mapping at the top, found {type(found).__name__}")
    return found


def with_base(values, folder, file):
    """_BASE_CONFIG_ is relative to where OpenPCDet is started: looked for from here upwards. Where
    it's missing, what the config itself says has to do."""
    name = values.get("_BASE_CONFIG_")
    if name is None:
        return values
    for parent in (folder, *folder.parents):
        if (parent / name).is_file():
            return merged(read_yaml(parent / name), values)
    own = {k: v for k, v in values.items() if k != "_BASE_CONFIG_"}
    print(f"{file}: {name} isn't in a folder above; going on without it")
    return own


def anchor_kinds(section, classes):
    """One for each of a class's sizes."""
    name = section.get("class_name")
    if name not in classes:
        section.fail(f"class_name is {name}, which isn't in CLASS_NAMES {list(classes)}")
    sizes, bottoms = section.get("anchor_sizes"), section.numbers("anchor_bottom_heights")
    if len(bottoms) != 1:
        section.fail(f"anchor_bottom_heights: expected one, found {len(bottoms)}")
    return [AnchorKind(name, tuple(map(float, size)), float(bottoms[0]),
                       section.numbers("anchor_rotations"), section.get("matched_threshold", 0.6),
                       section.get("unmatched_threshold", 0.45)) for size in sizes]


def same_for_all(sections, key, default):
    found = {s.get(key, default) for s in sections}
    if len(found) > 1:
        sections[0].fail(f"{key} differs between classes: {sorted(found)}; one value is supported")
    return found.pop()


def head(section, classes):
    section.expect("CLASS_AGNOSTIC", False, False)
    generator = section.get("ANCHOR_GENERATOR_CONFIG")
    kinds = [Section(g, f"{section.path}.ANCHOR_GENERATOR_CONFIG[{i}]", section.file)
             for i, g in enumerate(generator)]
    anchors = tuple(anchor for kind in kinds for anchor in anchor_kinds(kind, classes))
    if len({len(a.rotations) for a in anchors}) > 1:
        section.fail("anchor_rotations: expected as many for each class")
    section.at("TARGET_ASSIGNER_CONFIG").expect("BOX_CODER", "ResidualCoder")
    return Head(anchors, same_for_all(kinds, "feature_map_stride", 2),
                same_for_all(kinds, "align_center", False),
                bool(section.get("USE_DIRECTION_CLASSIFIER", False)),
                float(section.get("DIR_OFFSET", 0.78539)), float(section.get("DIR_LIMIT_OFFSET", 0)),
                int(section.get("NUM_DIR_BINS", 2)))


def voxels(data):
    for i, processor in enumerate(data.get("DATA_PROCESSOR")):
        if processor.get("NAME") == "transform_points_to_voxels":
            return Section(processor, f"{data.path}.DATA_PROCESSOR[{i}]", data.file)
    return data.fail("DATA_PROCESSOR: expected transform_points_to_voxels, which isn't there")


def grid(data, section):
    bounds = tuple(map(float, data.numbers("POINT_CLOUD_RANGE", 6)))
    cell = tuple(map(float, section.numbers("VOXEL_SIZE", 3)))
    if abs(cell[2] - (bounds[5] - bounds[2])) > 1e-3:
        section.fail(f"VOXEL_SIZE: a pillar is as high as the range, {bounds[5] - bounds[2]:g} m, "
                     f"found {cell[2]:g}")
    return Grid(bounds[:3], bounds[3:], cell[:2])


def pillar_feature_net(section, data):
    features = data.at("POINT_FEATURE_ENCODING").get("used_feature_list")
    unknown = set(features) - {"x", "y", "z", "intensity"}
    if unknown or list(features[:3]) != ["x", "y", "z"]:
        data.fail(f"POINT_FEATURE_ENCODING: expected x, y, z and intensity, found {features}")
    return PillarFeatureNet(tuple(map(int, section.numbers("NUM_FILTERS"))), tuple(features),
                            bool(section.get("USE_ABSLOTE_XYZ", True)),
                            bool(section.get("WITH_DISTANCE", False)),
                            bool(section.get("USE_NORM", True)))


def backbone(section):
    for key in ("SHARED_CONV_CHANNEL", "USE_CONV_FOR_NO_STRIDE"):
        if section.get(key, None):
            section.fail(f"{key} isn't supported")
    found = Backbone(section.numbers("LAYER_NUMS"), section.numbers("LAYER_STRIDES"),
                     section.numbers("NUM_FILTERS"), section.numbers("UPSAMPLE_STRIDES"),
                     section.numbers("NUM_UPSAMPLE_FILTERS"))
    if len({len(v) for v in (found.layers, found.strides, found.filters, found.up_strides,
                             found.up_filters)}) != 1:
        section.fail("expected as many LAYER_NUMS, LAYER_STRIDES, NUM_FILTERS, UPSAMPLE_STRIDES and "
                     "NUM_UPSAMPLE_FILTERS")
    return found


def post(section):
    nms = section.at("NMS_CONFIG")
    kind = nms.get("NMS_TYPE")
    if kind not in ("nms_gpu", "nms_normal_gpu"):
        nms.fail(f"NMS_TYPE is {kind}, which isn't supported; expected nms_gpu or nms_normal_gpu")
    return Post(float(section.get("SCORE_THRESH")), float(nms.get("NMS_THRESH")), kind == "nms_gpu",
                int(nms.get("NMS_PRE_MAXSIZE")), int(nms.get("NMS_POST_MAXSIZE")),
                bool(nms.get("MULTI_CLASSES_NMS", False)))


def read_config(path):
    """settings.Model of the file."""
    path = pathlib.Path(path)
    try:
        return _read(path)
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise UserError(f"{path}: a value isn't of the kind that OpenPCDet has there "
                        f"({error})") from None


def _read(path):
    top = Section(with_base(read_yaml(path), path.resolve().parent, path), "", path)
    data = top.at("DATA_CONFIG")
    data.values = with_base(data.values, path.resolve().parent, path)
    model = top.at("MODEL")
    for key in model.values:
        if key not in (*MODULES, "NAME", "POST_PROCESSING"):
            name = model.values[key].get("NAME") if isinstance(model.values[key], dict) else None
            model.fail(f"{key}{f' ({name})' if name else ''} isn't supported; a PointPillar has "
                       f"{', '.join(MODULES)}")
    for key, wanted in MODULES.items():
        model.at(key).expect("NAME", wanted)
    classes = tuple(top.get("CLASS_NAMES"))
    voxel = voxels(data)
    limits = voxel.get("MAX_NUMBER_OF_VOXELS")
    limit = limits.get("test") if isinstance(limits, dict) else limits
    if not isinstance(limit, int):
        voxel.fail(f"MAX_NUMBER_OF_VOXELS: expected a whole number, or one of 'test', found {limits}")
    kitti = data.values.get("DATASET") == "KittiDataset"
    return Model(f"kitti-{path.stem}" if kitti else path.stem, classes, grid(data, voxel),
                 int(voxel.get("MAX_POINTS_PER_VOXEL")), limit,
                 pillar_feature_net(model.at("VFE"), data), backbone(model.at("BACKBONE_2D")),
                 head(model.at("DENSE_HEAD"), classes), post(model.at("POST_PROCESSING")))
