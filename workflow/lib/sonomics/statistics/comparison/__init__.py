"""Description and comparison of groups, paired decisions and subgroups."""
