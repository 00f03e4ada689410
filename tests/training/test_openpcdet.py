"""OpenPCDet's configs: what is read, and how what isn't is refused."""

import contextlib
import io
import pathlib
import tempfile
import unittest

try:
    from training.openpcdet.config import read_config
except ImportError:
    raise unittest.SkipTest("PyYAML isn't installed") from None
from training.errors import UserError

CONFIG = pathlib.Path(__file__).with_name("street.yaml")
GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "model" / "cfgs" / "models"


class Reading(unittest.TestCase):
    def test_all_that_may_differ(self):
        model = read_config(CONFIG)
        self.assertEqual(model.classes, ("Vehicle", "Walker"))
        self.assertEqual((model.grid.nx, model.grid.ny, model.max_points, model.max_pillars),
                         (64, 40, 20, 3000))
        self.assertEqual(model.grid.center, (-1.9, -3.9, -0.5))
        self.assertEqual([(a.name, a.size[0]) for a in model.head.anchors],
                         [("Vehicle", 4.2), ("Vehicle", 9.0), ("Walker", 0.7)])
        self.assertTrue(model.head.align_center)
        self.assertEqual(model.backbone.up_strides, (0.5, 1))
        self.assertEqual((model.post.per_class, model.post.rotated, model.post.top_k),
                         (True, True, 500))

    def test_base_config_is_found_upwards(self):
        model = read_config(GOLDEN / "wide_four_classes.yaml")
        self.assertEqual((model.grid.nx, model.grid.ny, model.max_points), (1280, 752, 64))
        self.assertEqual(model.pfn.point_features, ("x", "y", "z", "intensity"))
        self.assertEqual((model.post.top_k, model.post.max_boxes, model.post.per_class),
                         (2048, 250, False))


class Refusing(unittest.TestCase):
    def check(self, old, new, says):
        text = CONFIG.read_text()
        self.assertIn(old, text)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "config.yaml"
            path.write_text(text.replace(old, new))
            with self.assertRaisesRegex(UserError, says) as caught, \
                    contextlib.redirect_stdout(io.StringIO()):
                read_config(path)
        self.assertTrue(str(caught.exception).startswith(str(path)))
        self.assertNotIn("\n", str(caught.exception))

    def test_modules_by_name(self):
        for old, new in (("AnchorHeadSingle", "AnchorHeadMulti"), ("PillarVFE", "DynPillarVFE"),
                         ("BaseBEVBackbone", "BaseBEVResBackbone"),
                         ("PointPillarScatter", "HeightCompression")):
            self.check(f"NAME: {old}", f"NAME: {new}", f"NAME is {new}, which isn't supported")
        self.check("    DENSE_HEAD:", "    ROI_HEAD: {NAME: PVRCNNHead}\n    DENSE_HEAD:",
                   r"ROI_HEAD \(PVRCNNHead\) isn't supported")

    def test_values(self):
        for old, new, says in (
                ("[-2.0, -4.0, -3.0, 10.8, 4.0, 2.0]", "[-2.0, -4.0]", "expected 6 numbers"),
                ("[0.2, 0.2, 5]", "[0.2, 0.2, 0.5]", "a pillar is as high as the range"),
                ("'z', 'intensity'],\n        src", "'z', 'elongation'],\n        src",
                 "expected x, y, z and intensity"),
                ("nms_gpu", "soft_nms", "NMS_TYPE is soft_nms"),
                ("class_name: Walker", "class_name: Dog", "Dog, which isn't in CLASS_NAMES"),
                ("BOX_CODER: ResidualCoder", "BOX_CODER: PointResidualCoder", "PointResidualCoder"),
                ("SCORE_THRESH: 0.2", "THRESH: 0.2", "expected the key 'SCORE_THRESH'"),
                ("NUM_FILTERS: [16]", "NUM_FILTERS: [true, x]", "expected some numbers"),
                ("CLASS_NAMES: ['Vehicle', 'Walker']", "CLASS_NAMES: 5", "isn't of the kind"),
                ("anchor_sizes: [[0.7, 0.7, 1.7]]", "anchor_sizes: 3", "isn't of the kind"),
                ("CLASS_NAMES:", "CLASS_NAMES: [", "expected YAML")):
            with self.subTest(new=new):
                self.check(old, new, says)


if __name__ == "__main__":
    unittest.main()
