alter system reset all
