"""Spark's forms: those of SQL, local[2], from the Parquet file; `query` leaves out the start of the JVM."""

import sql_forms
from pyspark.sql import SparkSession
from questions import LISTED, QUESTIONS, clock, listed_answer, since

FORMS = {"plain": ["exists", "window"], "share": ["exists"], "band": ["exists"], "advanced": ["join"], "hot": ["exists", "window"],
         "all": ["window-grouped"], "all-uniform": ["window-grouped"]}


def forms(question):
    return FORMS[question]


def answer(question, form, folder, facts):
    spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
             .config("spark.sql.shuffle.partitions", "8").config("spark.driver.memory", "4g")
             .config("spark.local.dir", f"{folder}/spill").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")

    def view(name, query, cached=False):
        frame = spark.sql(query)
        (frame.cache() if cached else frame).createOrReplaceTempView(name)

    spark.read.parquet(str(folder / "ledger.parquet")).createOrReplaceTempView("ledger")
    begin = clock()
    if QUESTIONS[question].kind != LISTED:
        hits, pairs = spark.sql(sql_forms.counts(form)).collect()[0]
        return {"hits": int(hits or 0), "pairs": int(pairs)}, since(begin)
    merchants = [(int(line),) for line in open(folder / "merchants.txt")]
    spark.createDataFrame(merchants, "m int").createOrReplaceTempView("merchants")
    view("purchases", sql_forms.PURCHASES, cached=True)
    view("receipts", sql_forms.receipts(question))
    if question == "advanced":
        view("payments", sql_forms.PAYMENTS, cached=True)
    view("suspects", sql_forms.suspects(question, form, facts), cached=True)
    found = spark.sql(sql_forms.merchants_table(question)).collect()
    workers = spark.sql(sql_forms.workers(question)).collect()
    return listed_answer(found, (row[0] for row in workers)), since(begin)
