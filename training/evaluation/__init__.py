"""How good a network is, to watch a training by. `colonnade eval` has KITTI's own protocol."""
