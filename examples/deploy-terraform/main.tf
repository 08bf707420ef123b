terraform {
  required_providers {
    archive = {
      source = "hashicorp/archive"
    }
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25"
    }
  }
}

resource "aws_dynamodb_table" "invoices" {
  name             = "Invoices"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "customerId"
  range_key        = "invoiceId"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"

  attribute {
    name = "customerId"
    type = "S"
  }

  attribute {
    name = "invoiceId"
    type = "S"
  }
}

resource "aws_sns_topic" "payments" {
  name = "payments"
}

data "archive_file" "on_invoice" {
  type        = "zip"
  source_file = "${path.module}/dist/handler.mjs"
  output_path = "${path.module}/dist/handler.zip"
}

resource "aws_lambda_function" "on_invoice" {
  function_name    = "on-invoice"
  role             = aws_iam_role.on_invoice.arn
  runtime          = "nodejs24.x"
  handler          = "handler.handler"
  filename         = data.archive_file.on_invoice.output_path
  source_code_hash = data.archive_file.on_invoice.output_base64sha256
  memory_size      = 512
  timeout          = 60

  environment {
    variables = {
      PAYMENTS_TOPIC_ARN = aws_sns_topic.payments.arn
    }
  }

  # AWS makes the mapping only for a function that may read the stream.
  depends_on = [aws_iam_role_policy.on_invoice]
}

resource "aws_iam_role" "on_invoice" {
  name = "on-invoice"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.on_invoice.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

# The statements are those of streamPolicy, sinkPolicy and destinationPolicy.
resource "aws_iam_role_policy" "on_invoice" {
  name = "stream"
  role = aws_iam_role.on_invoice.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        Resource = aws_dynamodb_table.invoices.stream_arn
      },
      {
        Effect   = "Allow"
        Action   = ["dynamodb:ListStreams"]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["sns:Publish"]
        Resource = aws_sns_topic.payments.arn
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = aws_sqs_queue.discarded.arn
      },
    ]
  })
}

# Gets details of the records that Lambda discards. `streamlane replay` reads them.
resource "aws_sqs_queue" "discarded" {
  name                      = "on-invoice-discarded"
  message_retention_seconds = 1209600 # 14 days
}

# The alarms tell this topic. Subscribe to it.
resource "aws_sns_topic" "operations" {
  name = "operations"
}

resource "aws_cloudwatch_metric_alarm" "late" {
  alarm_name          = "on-invoice-late"
  alarm_description   = "The function is 15 minutes behind the table. Lambda discards records after 12 hours."
  namespace           = "AWS/Lambda"
  metric_name         = "IteratorAge"
  dimensions          = { FunctionName = aws_lambda_function.on_invoice.function_name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 900000
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operations.arn]
}

resource "aws_cloudwatch_metric_alarm" "discarded" {
  alarm_name          = "on-invoice-discarded"
  alarm_description   = "Lambda has discarded records. Replay them while the stream has them, for 24 hours after the change."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.discarded.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operations.arn]
}

resource "aws_cloudwatch_metric_alarm" "dropped" {
  alarm_name          = "on-invoice-dropped"
  alarm_description   = "Lambda has discarded records and could not send details to the queue. See the permissions of the function."
  namespace           = "AWS/Lambda"
  metric_name         = "DroppedEventCount"
  dimensions          = { EventSourceMappingUUID = aws_lambda_event_source_mapping.on_invoice.uuid }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operations.arn]
}
