"""Who cancelled a slip stands on it, as who drafted and who eliminated does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proctoring", "0011_room_for_heartbeats")]

    operations = [
        migrations.AddField(
            model_name="eliminationslip",
            name="cancelled_by",
            field=models.CharField(blank=True, max_length=200, verbose_name="annulé par"),
        ),
    ]
