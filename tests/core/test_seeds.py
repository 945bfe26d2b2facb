from sonomics.core.seeds import generator, seed_for


def test_a_seed_depends_on_every_name_and_on_where_they_part():
    assert seed_for(1, "train", "rf") == seed_for(1, "train", "rf")
    assert len({seed_for(1, "a"), seed_for(2, "a"), seed_for(1, "b"), seed_for("1a"), seed_for(1, "a", "")}) == 5


def test_generators_with_the_same_names_draw_the_same():
    assert generator(1, "x").random() == generator(1, "x").random()
