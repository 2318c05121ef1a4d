DROP TABLE pay_recommendations;
