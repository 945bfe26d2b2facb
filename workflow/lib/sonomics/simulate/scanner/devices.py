"""The simulated scanners: how they send, receive, compress and lay out their screens."""

from dataclasses import dataclass

import numpy as np

from sonomics.simulate.scanner.geometry import Floats, Placement, Sector, fit
from sonomics.simulate.scanner.speckle import Echoes, beam_width, beamform, log_compress, scatterers

STILL = (384, 512)
CLIP = (256, 256)


@dataclass(frozen=True)
class Device:
    """A simulated scanner with its probe.

    Attributes
    ----------
    model : str
        Name in the file and in the cohort's `sim_device`.
    still, clip : Sector
        Fields of view of the grey-scale still and of the contrast clip.
    still_box, clip_box : (int, int, int, int)
        Top, left, height, width of the room for the sector in the frame.
    pulse_mm : float
        Axial resolution (full width at half maximum).
    focus_mm, focal_width_mm, depth_of_field_mm : float
        The beam, see `speckle.beam_width`.
    gain_db, dynamic_range_db : float
    tilt_db_per_cm : float
        What time-gain compensation leaves of the attenuation.
    noise_db : float
        Electronic noise at the probe's face against liver; it rises with the gain that makes up for attenuation.
    text_side : str
        "left" or "right", where the parameters stand.
    probe, preset : str
        As printed on the screen.
    """

    model: str
    still: Sector
    clip: Sector
    still_box: tuple[int, int, int, int]
    clip_box: tuple[int, int, int, int]
    pulse_mm: float
    focus_mm: float
    focal_width_mm: float
    depth_of_field_mm: float
    gain_db: float
    dynamic_range_db: float
    tilt_db_per_cm: float
    noise_db: float
    text_side: str
    probe: str = "C5-1"
    preset: str = "ABD"

    def still_placement(self) -> Placement:
        """Return where the grey-scale sector lies in the frame."""
        return fit(self.still, STILL, self.still_box)

    def clip_placement(self) -> Placement:
        """Return where the contrast sector lies in the frame."""
        return fit(self.clip, CLIP, self.clip_box)

    def receive(self, field: Echoes, sector: Sector, generator: np.random.Generator) -> Echoes:
        """Turn scatterers in tissue into the echoes this scanner receives, noise included.

        Parameters
        ----------
        field : (samples, beams) complex array
        sector : Sector
        generator : numpy Generator

        Returns
        -------
        (samples, beams) complex64 array
        """
        depths = sector.depths()
        width = beam_width(depths, self.focus_mm, self.focal_width_mm, self.depth_of_field_mm)
        pulse = self.pulse_mm / sector.depth_mm * (sector.samples - 1)
        echoes = beamform(field, pulse, width / sector.beam_pitch_mm())
        floor = 10 ** ((self.noise_db + 1.9 * depths / 10) / 20)
        return echoes + scatterers(generator, field.shape) * floor[:, None].astype(np.float32)

    def display(self, echoes: Echoes, sector: Sector, offset_db: float = 0.0) -> Floats:
        """Turn echoes into grey levels in beam space, shape (samples, beams)."""
        residual = self.tilt_db_per_cm * (sector.depths() - 60) / 10
        return log_compress(echoes, (self.gain_db + offset_db + residual)[:, None], self.dynamic_range_db)


DEVICES = {
    device.model: device
    for device in (
        Device(
            "SIM-A1", Sector(60, 62, 140, 480, 176), Sector(60, 56, 115, 300, 112), (34, 44, 322, 420),
            (20, 6, 224, 244), 0.55, 62, 1.5, 55, -4, 58, -0.15, -52, "left",
        ),
        Device(
            "SIM-A2", Sector(55, 66, 145, 500, 192), Sector(55, 58, 115, 300, 120), (40, 36, 312, 430),
            (20, 6, 224, 244), 0.48, 70, 1.3, 60, -3, 62, -0.25, -55, "left",
        ),
        Device(
            "SIM-B1", Sector(50, 70, 160, 500, 160), Sector(50, 60, 125, 300, 104), (22, 16, 330, 400),
            (14, 6, 230, 244), 0.75, 55, 1.9, 45, 1, 66, -0.45, -46, "right",
        ),
        Device(
            "SIM-V1", Sector(11, 128, 92, 460, 210), Sector(11, 120, 80, 280, 128), (34, 44, 322, 420),
            (20, 6, 224, 244), 0.40, 45, 1.3, 34, -3, 60, -0.15, -52, "left", "E10-3", "GYN",
        ),
        Device(
            "SIM-V2", Sector(10, 140, 88, 480, 236), Sector(10, 126, 80, 280, 136), (40, 40, 312, 430),
            (20, 6, 224, 244), 0.34, 40, 1.1, 36, -2, 64, -0.2, -55, "left", "EC9-4", "GYN",
        ),
        Device(
            "SIM-V3", Sector(12, 116, 100, 460, 180), Sector(12, 112, 85, 280, 120), (22, 16, 330, 400),
            (14, 6, 230, 244), 0.55, 42, 1.6, 30, 2, 68, -0.4, -46, "right", "V8-4", "GYN",
        ),
        # A linear array is a curved one of a very large radius.
        Device(
            "SIM-L1", Sector(2000, 1.15, 45, 420, 192), Sector(2000, 1.15, 45, 260, 120), (34, 44, 322, 420),
            (20, 6, 224, 244), 0.24, 20, 0.55, 18, -3, 60, -0.2, -52, "left", "L12-4", "MSK",
        ),
    )
}  # fmt: skip
