create database citusbench
